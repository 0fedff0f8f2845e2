(* The language of the specification: actions on an abstract state.

   Words, truth values and states are abstract, so that one text has several instances: mathematical integers and functions
   for the theorems, machine words and finite maps for the executable model, terms for the solver.  No [match] and no [if]
   of Gallina looks at a word: IF merges states, [ite] merges words.  Loops have a constant number of rounds. *)
From Coq Require Export NArith List.
From Isthmus Require Export Abi state.
Export ListNotations.

Class Machine (W B S : Type) := {
  lit : N -> W;
  eqw : W -> W -> B; ltw : W -> W -> B;                           (* unsigned *)
  andw : W -> W -> W; orw : W -> W -> W; clearw : W -> W -> W;    (* clearw a b: a without the bits of b *)
  addw : W -> W -> W; subw : W -> W -> W; shlw : W -> W -> W; shrw : W -> W -> W;
  ite : B -> W -> W -> W;
  notb : B -> B; andb : B -> B -> B; orb : B -> B -> B;
  rd : field -> W -> S -> W; wr : field -> W -> W -> S -> S;      (* wr f i v *)
  merge : B -> S -> S -> S;
  zero_frame : W -> S -> S;                                       (* every view of the frame reads zero *)
  zero_cell : W -> S -> S }.                                      (* every field of cell and cell_cold but cold_pool *)

(* What a port decides (kernel/arch/arch.h). *)
Class Port (W B S : Type) := {
  levels : nat;                                                   (* of page tables, the root included *)
  ram_page : W;                                                   (* physical number of page of frame 0 *)
  entry_page : W -> W -> W -> W;                                  (* page, flags, level *)
  entry_table : W -> W;
  entry_present : W -> B;
  entry_is_table : W -> B;                                        (* of a present one *)
  entry_target : W -> W;
  entry_flags : W -> W;
  space_of : W -> W -> W;                                         (* root frame, task: what enters the address space *)
  registers_count : W;
  register_place : W -> W;                                        (* number in the interface's list -> place *)
  register_valid : W -> W -> B;                                   (* place, value: may a thread be given it? *)
  register_value : W -> W -> W;                                   (* place, value: what it becomes *)
  registers_start : list (W * W);                                 (* place, value, of a fresh thread; all others zero *)
  registers_to_full : list (W * (W -> W));                        (* place, value by the pc: what a system call destroys *)
  syscall_bytes : W;
  has_ports : B;
  has_redirect_frame : B;
  irq_lines : W;
  touches_ram : W -> W -> B }.                                    (* base, size of a device *)

Section Language.
Context {W B S : Type} {m : Machine W B S}.
Definition Act := S -> S.
Definition read (f : field) (i : W) (k : W -> Act) : Act := fun s => k (rd f i s) s.
Definition write (f : field) (i v : W) : Act := wr f i v.
Definition andthen (a b : Act) : Act := fun s => b (a s).
Definition cond (b : B) (x y : Act) : Act := fun s => merge b (x s) (y s).
Definition skip : Act := fun s => s.
Definition when (b : B) (x : Act) : Act := cond b x skip.
Definition bind {A : Type} (x : (A -> Act) -> Act) (k : A -> Act) : Act := x k.

(* The core that executes this; there is one so far. *)
Definition self : W := lit 0.
Definition answer (e : W) : Act := write result (lit 0) e.

Fixpoint repeat (n : nat) (a : Act) : Act := match n with O => skip | Datatypes.S n' => andthen a (repeat n' a) end.
(* Rounds i = first, first + 1, ...: n of them. *)
Fixpoint for_each (n : nat) (first : N) (a : W -> Act) : Act :=
  match n with O => skip | Datatypes.S n' => andthen (a (lit first)) (for_each n' (first + 1) a) end.
Fixpoint all (l : list Act) : Act := match l with nil => skip | a :: l' => andthen a (all l') end.
End Language.

Declare Scope word_scope.
Delimit Scope word_scope with word.
Open Scope word_scope.
Notation "# z" := (lit z%N) (at level 5, z at level 4, format "# z").
Notation "a == b" := (eqw a b) (at level 70) : word_scope.
Notation "a != b" := (notb (eqw a b)) (at level 70) : word_scope.
Notation "a < b" := (ltw a b) : word_scope.
Notation "a > b" := (ltw b a) : word_scope.
Notation "a <= b" := (notb (ltw b a)) : word_scope.
Notation "a >= b" := (notb (ltw a b)) : word_scope.
Notation "a + b" := (addw a b) : word_scope.
Notation "a - b" := (subw a b) : word_scope.
Notation "a .& b" := (andw a b) (at level 45, left associativity) : word_scope.
Notation "a .| b" := (orw a b) (at level 46, left associativity) : word_scope.
Notation "a .\ b" := (clearw a b) (at level 45, left associativity) : word_scope.
Notation "a << b" := (shlw a b) (at level 44, left associativity) : word_scope.
Notation "a >> b" := (shrw a b) (at level 44, left associativity) : word_scope.
Notation "a && b" := (andb a b) : word_scope.
Notation "a || b" := (orb a b) : word_scope.
Notation "! a" := (notb a) (at level 35, right associativity) : word_scope.
Notation "f @ i" := (read f i) (at level 60, i at level 9) : word_scope.
Notation "f @ i := v" := (write f i v) (at level 60, i at level 9) : word_scope.
Notation "x <- a ; k" := (bind a (fun x => k)) (at level 80, a at level 61, right associativity) : word_scope.
Notation "a ;; b" := (andthen a b) (at level 80, right associativity) : word_scope.
Notation "'IF' b 'THEN' x 'ELSE' y 'FI'" := (cond b x y) (at level 0) : word_scope.
Notation "'IF' b 'THEN' x 'FI'" := (when b x) (at level 0) : word_scope.
Notation "'REQUIRE' b 'OR' e ; k" := (cond b k (answer (lit e%N))) (at level 80, right associativity) : word_scope.

Section Common.
Context {W B S : Type} {m : Machine W B S}.
Definition add_to (f : field) (i n : W) : Act := x <- f @ i; f @ i := x + n.
Definition sub_from (f : field) (i n : W) : Act := x <- f @ i; f @ i := x - n.

(* Numbers of a message's words. *)
Definition words : list N := [0; 1; 2; 3; 4; 5; 6; 7]%N.

(* A thread's registers, and other fields of its frame. *)
Definition reg (t : W) (place : N) (k : W -> Act) : Act := f <- thread_frame @ t; x <- register @ ((f << #6) + #place); k x.
Definition set_reg (t : W) (place : N) (v : W) : Act := f <- thread_frame @ t; register @ ((f << #6) + #place) := v.
Definition in_frame (t : W) (f : field) (k : W -> Act) : Act := i <- thread_frame @ t; x <- f @ i; k x.
Definition set_in_frame (t : W) (f : field) (v : W) : Act := i <- thread_frame @ t; f @ i := v.

(* A fresh id: from one counter, never used again. *)
Definition fresh_id (k : W -> Act) : Act := i <- next_id @ #0; next_id @ #0 := (i + #1) ;; k (i + #1).
End Common.
Notation "t ~> p" := (reg t p) (at level 60, p at level 9) : word_scope.
Notation "t ~> p := v" := (set_reg t p v) (at level 60, p at level 9) : word_scope.
