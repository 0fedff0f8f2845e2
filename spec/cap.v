(* Capabilities (kernel/cap.c): slots, lookup through forwarders, and the operations on a task's table.

   A slot is named by the frame of its leaf * 128 + its number in the leaf; 0 is no slot. *)
From Isthmus Require Export run.

Record cap (W : Type) := Cap { kind_of : W; object_of : W; id_of : W; rights_of : W; badge_of : W }.
Arguments Cap {W}. Arguments kind_of {W}. Arguments object_of {W}. Arguments id_of {W}. Arguments rights_of {W}.
Arguments badge_of {W}.

Section Capabilities.
Context {W B S : Type} {m : Machine W B S}.
Implicit Types c : cap W.

Definition ALL_RIGHTS : N := (R_READ + R_WRITE + R_EXECUTE + R_COPY + R_MANAGE)%N.
Definition lacks (rights needed : W) : B := (rights .& needed) != needed.

(* Does (kind, object, id) name something that exists?  A reply is live as long as its caller's call is. *)
Definition is_live c (k : B -> Act) : Act :=
  let kind := kind_of c in
  f_kind <- frame_kind @ (object_of c);
  f_id <- frame_id @ (object_of c);
  c_kind <- cell_kind @ (object_of c);
  c_id <- cell_id @ (object_of c);
  c_state <- cell_state @ (object_of c);
  call <- thread_call @ (object_of c);
  let frame := (f_kind == #FRAME_DATA) && (f_id == id_of c) in
  let reply := (c_kind == #CELL_THREAD) && (call == id_of c) && ((c_state == #REPLY) || (c_state == #FAULT_REPLY)) in
  k ((kind == #KIND_MACHINE)
     || ((kind == #KIND_FRAME) && frame)
     || ((kind == #KIND_REPLY) && reply)
     || ((kind != #KIND_NULL) && (kind != #KIND_FRAME) && (kind != #KIND_REPLY) && (c_id == id_of c))).

(* The first step of a destruction: no capability matches any more but the one that destroys. *)
Definition make_dying (c : W) : Act := id <- cell_id @ c; cell_id @ c := (id .| #DYING).

(* ---- slots *)
Definition slot_at (task n : W) (k : W -> Act) : Act :=
  root <- task_slots @ task;
  l <- leaf @ ((root << #9) + (n >> #7));
  k (ite ((n != #0) && (n < #CAP_SLOTS) && (l != #0)) ((l << #7) + (n .& #127)) #0).

Definition slot_read (s : W) (k : cap W -> Act) : Act :=
  kind <- slot_kind @ s; object <- slot_object @ s; id <- slot_id @ s; rights <- slot_rights @ s; badge <- slot_badge @ s;
  k (Cap kind object id rights badge).

Definition slot_fill (s : W) c : Act :=
  slot_object @ s := object_of c ;;
  slot_kind @ s := kind_of c ;;
  slot_rights @ s := rights_of c ;;
  slot_id @ s := id_of c ;;
  slot_badge @ s := badge_of c.

Definition slot_clear (s : W) : Act := slot_fill s (Cap #0 #0 #0 #0 #0).

(* A slot whose object is gone counts as empty. *)
Definition slot_is_free (s : W) (k : B -> Act) : Act :=
  c <- slot_read s;
  live <- is_live c;
  k ((s != #0) && !live).

(* ---- lookup *)

(* Replaces a forwarder by what it stands for, as long as it lasts: the rights of all links, the badge nearest to the user. *)
Definition follow_one c (k : cap W -> Act) : Act :=
  let f := object_of c in
  id <- cell_id @ f;
  kind <- forwarder_kind @ f; target <- forwarder_target @ f; target_id <- forwarder_target_id @ f;
  rights <- forwarder_rights @ f; badge <- forwarder_badge @ f;
  let is := kind_of c == #KIND_FORWARDER in
  let lasts := is && (id == id_of c) in
  k (Cap (ite lasts kind (ite is #KIND_NULL (kind_of c)))
         (ite lasts target f)
         (ite lasts target_id (id_of c))
         (ite lasts (rights_of c .& rights) (rights_of c))
         (ite (lasts && (badge_of c == #0)) badge (badge_of c))).
Fixpoint follow (n : nat) c (k : cap W -> Act) : Act :=
  match n with O => k c | Datatypes.S n' => follow_one c (fun c' => follow n' c' k) end.

(* What slot s holds, forwarders followed: an error, and the capability if it is OK. *)
Definition resolve (s kind rights : W) (k : W -> cap W -> Act) : Act :=
  c0 <- slot_read s;
  c <- follow (N.to_nat FORWARDER_DEPTH) c0;
  live <- is_live c;
  k (ite ((s == #0) || !live) #E_CAP
    (ite ((kind != #KIND_NULL) && (kind_of c != kind)) #E_KIND
    (ite (lacks (rights_of c) rights) #E_RIGHT #OK))) c.

Definition task_of (t : W) (k : W -> Act) : Act := task <- thread_task @ t; k task.

(* The slot that thread t names by n: slot n of its task's table; or, if bits 16 to 31 name a task there that t may manage,
   slot n % 65,536 of that task's. *)
Definition slot_named (t n : W) (k : W -> Act) : Act :=
  let task_slot := n >> #SLOT_PATH_SHIFT in
  task <- task_of t;
  plain <- slot_at task n;
  via <- slot_at task task_slot;
  resolve via #KIND_TASK #R_MANAGE (fun err c =>
  far <- slot_at (object_of c) (n .& #(CAP_SLOTS - 1));
  k (ite (task_slot == #0) plain (ite (err == #OK) far #0))).

(* The capability in slot n of thread t, or the operation answers an error. *)
Definition cap_get (t n : W) (kind rights : N) (k : cap W -> Act) : Act :=
  s <- slot_named t n;
  resolve s #kind #rights (fun err c => IF err == #OK THEN k c ELSE answer err FI).

(* A capability that may be left out: slot 0 gives nil. *)
Definition cap_get_optional (t n : W) (kind rights : N) (k : cap W -> Act) : Act :=
  IF n == #0 THEN k (Cap #0 #0 #0 #0 #0) ELSE cap_get t n kind rights k FI.

(* ---- copies *)
Definition may_mint c (badge : W) : B :=
  (((kind_of c == #KIND_ENDPOINT) || (kind_of c == #KIND_NOTIFICATION)) && !(lacks (rights_of c) #R_MANAGE))
  || ((kind_of c == #KIND_MACHINE) && ((badge .\ badge_of c) == #0)).

(* An error, and what a copy of slot s with these rights and this badge is if it is OK. *)
Definition cap_copy (s rights badge : W) (k : W -> cap W -> Act) : Act :=
  c <- slot_read s;
  live <- is_live c;
  let minted := (badge != #0) && (badge != badge_of c) in
  k (ite ((s == #0) || !live || (kind_of c == #KIND_REPLY)) #E_CAP
    (ite (lacks (rights_of c) #R_COPY) #E_RIGHT
    (ite (minted && !(may_mint c badge)) #E_RIGHT #OK)))
    (Cap (kind_of c) (object_of c) (id_of c) (rights_of c .& rights .& #255) (ite (badge == #0) (badge_of c) badge)).

(* ---- operations *)
Definition op_task_copy (me : W) : Act :=
  slot <- me ~> SLOT; to <- me ~> (WORD 0); from <- me ~> (WORD 1); rights <- me ~> (WORD 2); badge <- me ~> (WORD 3);
  task <- cap_get me slot KIND_TASK R_MANAGE;
  d <- slot_at (object_of task) to;
  free <- slot_is_free d;
  s <- slot_named me from;
  REQUIRE free OR E_SLOT;
  cap_copy s rights badge (fun err c =>
  answer err ;;
  IF err == #OK THEN slot_fill d c FI).

Definition op_task_move (me : W) : Act :=
  slot <- me ~> SLOT; to <- me ~> (WORD 0); from <- me ~> (WORD 1);
  task <- cap_get me slot KIND_TASK R_MANAGE;
  d <- slot_at (object_of task) to;
  free <- slot_is_free d;
  s <- slot_named me from;
  c <- slot_read s;
  live <- is_live c;
  REQUIRE free OR E_SLOT;
  REQUIRE (s != #0) && live OR E_CAP;
  answer #OK ;;
  slot_fill d c ;;
  slot_clear s.

Definition op_task_delete (me : W) : Act :=
  slot <- me ~> SLOT; n <- me ~> (WORD 0);
  task <- cap_get me slot KIND_TASK R_MANAGE;
  s <- slot_at (object_of task) n;
  REQUIRE s != #0 OR E_SLOT;
  answer #OK ;;
  slot_clear s.

Definition op_task_identify (me : W) : Act :=
  slot <- me ~> SLOT; n <- me ~> (WORD 0);
  task <- cap_get me slot KIND_TASK R_READ;
  s <- slot_at (object_of task) n;
  REQUIRE s != #0 OR E_SLOT;
  c <- slot_read s;
  live <- is_live c;
  answer #OK ;;
  me ~> (WORD 0) := ite live (kind_of c) #KIND_NULL ;;
  me ~> (WORD 1) := ite live (rights_of c) #0 ;;
  me ~> (WORD 2) := ite live (badge_of c) #0 ;;
  me ~> (WORD 3) := ite live (id_of c) #0.
End Capabilities.
