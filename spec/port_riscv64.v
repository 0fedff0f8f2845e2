(* What the port for riscv64 decides (kernel/arch/riscv64/include/arch/port.h): Sv39. *)
From Isthmus Require Export language.

Section Port.
Context {W B S : Type} {m : Machine W B S}.

(* Number in the interface's list -> place. *)
Definition riscv64_place (n : W) : W :=
  fold_right (fun np rest => ite (n == #(fst np)) #(snd np) rest) (#OTHER + n)
    ((RISCV64_PC, PC) :: (RISCV64_SP, SP) :: (RISCV64_REG_OPERATION, OPERATION) :: (RISCV64_REG_SLOT, SLOT) ::
     (RISCV64_REG_TAG, TAG) :: combine RISCV64_REGS_WORDS (map WORD [0; 1; 2; 3; 4; 5; 6; 7]%N)).

(* ENTRY_VALID 1, the rights at bits 1 to 3, USER 16, ACCESSED 64, DIRTY 128; of software's bits MAPPING 256, DEVICE 512.
   A table lacks MAPPING.  Write without read is reserved, so write gives read. *)
Definition riscv64_entry_page (page flags level : W) : W :=
  let access := ((flags .& #7) << #1) .| (flags .& #MAP_WRITE) in
  (page << #10) .| #464 .| ((flags .& #MAP_DEVICE) << #6) .| access .| ite (access != #0) #1 #0.

Definition riscv64 : Port W B S := {|
  levels := 3;
  ram_page := #0x80000;
  entry_page := riscv64_entry_page;
  entry_table page := (page << #10) .| #1;
  entry_present e := (e .& #257) != #0;
  entry_is_table e := (e .& #256) == #0;
  entry_target e := (e >> #10) .& #(2 ^ 44 - 1);
  entry_flags e := ((e >> #1) .& #7) .| ((e >> #6) .& #MAP_DEVICE);
  space_of root task := #(2 ^ 63) .| ((task .& #4095) << #44) .| (#0x80000 + root);
  registers_count := #32;
  register_place := riscv64_place;
  register_valid _ _ := #0 == #0;
  register_value place v := ite (place == #PC) (v .\ #1) v;
  registers_start := [];
  registers_to_full := map (fun n => (#OTHER + #n, fun _ => #0)) RISCV64_REGS_CLOBBERED;
  syscall_bytes := #4;
  has_ports := #0 == #1;
  has_redirect_frame := #0 == #0;
  irq_lines := #96;
  touches_ram base size := (base < #0x100000000) && ((base + size) > #0x80000000) |}.
End Port.
