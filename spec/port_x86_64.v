(* What the port for x86_64 decides (kernel/arch/x86_64/include/arch/port.h): 4-level paging. *)
From Isthmus Require Export language.

Section Port.
Context {W B S : Type} {m : Machine W B S}.

Definition x86_64_place (n : W) : W :=
  fold_right (fun np rest => ite (n == #(fst np)) #(snd np) rest) (#OTHER + n)
    ((X86_64_RIP, PC) :: (X86_64_RSP, SP) :: (X86_64_REG_OPERATION, OPERATION) :: (X86_64_REG_SLOT, SLOT) ::
     (X86_64_REG_TAG, TAG) :: combine X86_64_REGS_WORDS (map WORD [0; 1; 2; 3; 4; 5; 6; 7]%N)).

(* PRESENT 1, WRITE 2, USER 4, uncached 24, accessed and dirty 96, LARGE 128, no-execute 2^63; of software's bits
   MAPPING 512, READ 1024.  A table lacks MAPPING. *)
Definition x86_64_entry_page (page flags level : W) : W :=
  let bit f e := ite ((flags .& #f) != #0) #e #0 in
  (page << #12) .| #612 .| bit 7%N 1%N .| bit MAP_READ 1024%N .| bit MAP_WRITE 2%N .| bit MAP_DEVICE 24%N
  .| ite ((flags .& #MAP_EXECUTE) != #0) #0 #(2 ^ 63) .| ite (level > #1) #128 #0.

Definition x86_64_entry_flags (e : W) : W :=
  let flag b f := ite ((e .& #b) != #0) #f #0 in
  flag 1024%N MAP_READ .| flag 2%N MAP_WRITE .| ite ((e .& #(2 ^ 63)) != #0) #0 #MAP_EXECUTE .| flag 24%N MAP_DEVICE.

(* Interrupts on: the flags that a thread starts with and a system call comes back with. *)
Definition USER_RFLAGS : N := 0x202.
Definition FLAGS_OF_USER : N := 0x240dd5.

(* Bits 47 to 63 are all equal. *)
Definition canonical (a : W) : B := ((a >> #47) == #0) || ((a >> #47) == #0x1ffff).

Definition x86_64 : Port W B S := {|
  levels := 4;
  ram_page := #0;
  entry_page := x86_64_entry_page;
  entry_table page := (page << #12) .| #103;
  entry_present e := (e .& #513) != #0;
  entry_is_table e := (e .& #512) == #0;
  entry_target e := (e >> #12) .& #(2 ^ 40 - 1);
  entry_flags := x86_64_entry_flags;
  space_of root task := (root << #12) .| (task .& #4095);
  registers_count := #20;
  register_place := x86_64_place;
  register_valid place v :=
    !((place == #PC) && (v >= #0x800000000000))
    && !(((place == (#OTHER + #X86_64_FS_BASE)) || (place == (#OTHER + #X86_64_GS_BASE))) && !(canonical v));
  register_value place v := ite (place == (#OTHER + #X86_64_RFLAGS)) ((v .& #FLAGS_OF_USER) .| #USER_RFLAGS) v;
  registers_start := [(#OTHER + #X86_64_RFLAGS, #USER_RFLAGS)];
  registers_to_full :=
    [(#OTHER + #X86_64_RCX, fun pc => pc); (#OTHER + #X86_64_R11, fun _ => #USER_RFLAGS); (#OTHER + #X86_64_RFLAGS, fun _ => #USER_RFLAGS)];
  syscall_bytes := #2;
  has_ports := #0 == #0;
  has_redirect_frame := #0 == #1;
  irq_lines := #24;
  touches_ram base size := base < #0x20000000 |}.
End Port.
