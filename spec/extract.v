(* The executable model: the same definitions in Haskell, for any instance of Machine. *)
From Isthmus Require Import fastpath.
From Isthmus Require port_riscv64 port_x86_64.
Require Import ExtrHaskellBasic ExtrHaskellZInteger.
Extraction Language Haskell.
Extract Inductive N => "Prelude.Integer" ["0" "(\x -> x)"] "(\zero positive n -> if n Prelude.== 0 then zero () else positive n)".
Extract Constant N.add => "(Prelude.+)".
Extract Constant N.sub => "(\a b -> Prelude.max 0 (a Prelude.- b))".
Extract Constant N.mul => "(Prelude.*)".
Extract Constant N.pow => "(Prelude.^)".
Extract Constant N.div => "(\a b -> if b Prelude.== 0 then 0 else Prelude.div a b)".
Extract Constant N.shiftl => "(\a b -> a Prelude.* 2 Prelude.^ b)".
Extract Constant N.of_nat => "(let of_nat n = case n of { O -> 0; S m -> 1 Prelude.+ of_nat m } in of_nat)".
Extract Constant N.to_nat => "(let to_nat n = if n Prelude.== 0 then O else S (to_nat (n Prelude.- 1)) in to_nat)".
Extraction "../build/spec/Spec.hs" Build_Machine width system_call trap_fault trap_interrupt add_free add_free_large
  list_append cells_of frames_of port_riscv64.riscv64 port_x86_64.x86_64.
