(* The instance for theorems: words are integers, a state is a function of field and index.  Every write cuts to the field's
   width, and sums are modulo 2^64, as in C.  Then the rules by which a statement about an action becomes one about
   its parts. *)
From Coq Require Export ZArith List Bool Lia.
From Isthmus Require Export language.
Export ListNotations.
Open Scope Z_scope.
Open Scope bool_scope.

(* ---- fields can be told apart by computation *)
Definition field_dec (f g : field) : {f = g} + {f <> g}. Proof. decide equality. Defined.
Definition same (f g : field) : bool := if field_dec f g then true else false.
Lemma same_refl f : same f f = true. Proof. unfold same. now destruct (field_dec f f). Qed.
Lemma same_eq f g : same f g = true -> f = g. Proof. unfold same. now destruct (field_dec f g). Qed.

(* ---- the instance *)
Definition bits (f : field) : Z := Z.of_N (width f).
Definition wrap (z : Z) : Z := z mod 2 ^ 64.
Definition State := field -> Z -> Z.
Definition set (f : field) (i v : Z) (s : State) : State :=
  fun g j => if same g f && (j =? i) then v mod 2 ^ bits f else s g j.

Definition of_cell (f : field) : bool :=
  match f with
  | cell_id | cell_kind | cell_state | cell_priority | cell_form | cell_next | cell_prev | cell_own | cell_head | cell_tail
  | thread_frame | thread_task | thread_budget | thread_peer | thread_call | thread_peer_call
  | task_slots | task_table | task_space | task_window_base | task_window_size
  | pool_frame_head | pool_frame_tail | pool_large_head | pool_large_tail
  | pool_free_cells | pool_free_frames | pool_free_large | pool_used_cells
  | endpoint_cursor | endpoint_badge | notification_thread | notification_bits | notification_thread_id
  | budget_notification | budget_left | budget_slice | budget_notification_id
  | forwarder_target | forwarder_kind | forwarder_target_id | forwarder_badge | forwarder_rights
  | irq_notification | irq_line | irq_notification_id | irq_badge | device_ports | device_base | device_size
  | cold_pool_next | cold_pool_prev | cold_sibling_next | cold_sibling_prev | cold_extra | cold_badge => true
  | _ => false
  end.
(* Indices of a view that one frame has, as a power of two; none: not a view. *)
Definition of_frame (f : field) : option Z :=
  match f with
  | register => Some 6 | receive => Some 2 | leaf | entry | link_next | link_prev | data => Some 9
  | slot_object | slot_kind | slot_rights | slot_id | slot_badge => Some 7
  | register_core | wait_badge | fault_label | fault_cause | fault_address | fault_code | budget_id | own_budget | own_budget_id
  | bound | bound_id | redirect_frame | redirect_id | redirect_address | handler | handler_id | handler_badge => Some 0
  | _ => None
  end.

Global Instance integers : Machine Z bool State := {|
  lit n := Z.of_N n; eqw := Z.eqb; ltw := Z.ltb; andw := Z.land; orw := Z.lor; clearw := Z.ldiff;
  addw a b := wrap (a + b); subw a b := wrap (a - b); shlw a b := wrap (Z.shiftl a b); shrw := Z.shiftr;
  ite b x y := if b then x else y; notb := negb; andb := Datatypes.andb; orb := Datatypes.orb;
  rd f i s := s f i; wr := set; merge b x y := if b then x else y;
  zero_frame n s := fun g j => match of_frame g with Some k => if Z.shiftr j k =? n then 0 else s g j | None => s g j end;
  zero_cell c s := fun g j => if of_cell g && (j =? c) then 0 else s g j |}.

(* ---- reading what was written *)
Definition fits (f : field) (v : Z) : Prop := 0 <= v < 2 ^ bits f.
Lemma set_same f i v s : fits f v -> set f i v s f i = v.
Proof. unfold set, fits. intro. rewrite same_refl, Z.eqb_refl. cbn. apply Z.mod_small. assumption. Qed.
Lemma set_other_index f i v s j : j <> i -> set f i v s f j = s f j.
Proof. unfold set. intro. rewrite same_refl. destruct (Z.eqb_spec j i); [contradiction | reflexivity]. Qed.
Lemma set_other_field f i v s g : same g f = false -> set f i v s g = s g.
Proof. unfold set. intro H. now rewrite H. Qed.
Lemma set_at f i v s j : fits f v -> set f i v s f j = if j =? i then v else s f j.
Proof. intro. destruct (Z.eqb_spec j i) as [-> |]; [now apply set_same | now apply set_other_index]. Qed.
Lemma set_case f i v s g j : set f i v s g j = if same g f && (j =? i) then v mod 2 ^ bits f else s g j.
Proof. reflexivity. Qed.

(* Every value is one of its field's width: true at the start, and nothing can break it. *)
Definition ranged (s : State) : Prop := forall f i, fits f (s f i).
Lemma bits_positive f : 0 < 2 ^ bits f.
Proof. apply Z.pow_pos_nonneg; [lia | apply N2Z.is_nonneg]. Qed.
Lemma ranged_set f i v s : ranged s -> ranged (set f i v s).
Proof.
  intros R g j. unfold set. destruct (same g f && (j =? i)) eqn:E; [|apply R].
  apply andb_prop in E as [E _]. apply same_eq in E. subst. unfold fits. apply Z.mod_pos_bound, bits_positive.
Qed.
Global Opaque set.

(* ---- weakest preconditions: [wp a P s] says that P holds after a, from s *)
Definition wp (a : @Act State) (P : State -> Prop) (s : State) : Prop := P (a s).
Implicit Types (P : State -> Prop) (s : State) (f g : field).
Lemma wp_andthen (a b : Act) P s : wp a (wp b P) s -> wp (andthen a b) P s. Proof. auto. Qed.
Lemma wp_bind {A} (x : (A -> Act) -> Act) k P s : wp (x k) P s -> wp (bind x k) P s. Proof. auto. Qed.
Lemma wp_read f i (k : Z -> Act) P s : wp (k (s f i)) P s -> wp (read f i k) P s. Proof. auto. Qed.
Lemma wp_write f i v P s : P (set f i v s) -> wp (write f i v) P s. Proof. auto. Qed.
Lemma wp_cond (c : bool) (x y : Act) P s : (c = true -> wp x P s) -> (c = false -> wp y P s) -> wp (cond c x y) P s.
Proof. unfold wp, cond. destruct c; cbn; auto. Qed.
Lemma wp_when (c : bool) (x : Act) P s : (c = true -> wp x P s) -> (c = false -> P s) -> wp (when c x) P s.
Proof. unfold when. intros. apply wp_cond; auto. Qed.
Lemma wp_skip P s : P s -> wp skip P s. Proof. auto. Qed.
Lemma wp_weaken (a : Act) P P' s : wp a P s -> (forall s', P s' -> P' s') -> wp a P' s. Proof. unfold wp. auto. Qed.
Global Opaque wp.

Ltac words := cbn [integers lit eqw ltw andw orw clearw addw subw shlw shrw ite notb andb orb rd wr merge Z.of_N] in *.
Ltac facts := repeat match goal with
  | H : (_ =? _) = true |- _ => apply Z.eqb_eq in H
  | H : (_ =? _) = false |- _ => apply Z.eqb_neq in H
  | H : negb _ = true |- _ => apply negb_true_iff in H
  | H : negb _ = false |- _ => apply negb_false_iff in H
  end.
Ltac step := match goal with
  | |- wp (andthen _ _) _ _ => apply wp_andthen
  | |- wp (bind _ _) _ _ => apply wp_bind
  | |- wp (read _ _ _) _ _ => apply wp_read
  | |- wp (cond _ _ _) _ _ => apply wp_cond; let H := fresh "C" in intro H; words; facts
  | |- wp (when _ _) _ _ => apply wp_when; let H := fresh "C" in intro H; words; facts
  | |- wp (write _ _ _) _ _ => apply wp_write
  | |- wp skip _ _ => apply wp_skip
  end; cbv beta.
Ltac steps := repeat step; words.

(* Reads of a written state, as far as indices are known to be equal or different. *)
Ltac known := first [assumption | reflexivity | match goal with H : ranged ?s |- fits ?f (?s ?g ?i) => exact (H g i) end].
Ltac reads := repeat match goal with
  | |- context [set ?f ?i ?v ?s ?f ?i] => rewrite (set_same f i v s) by known
  | |- context [set ?f ?i ?v ?s ?g] => rewrite (set_other_field f i v s g) by reflexivity
  | |- context [set ?f ?i ?v ?s ?f ?j] => rewrite (set_other_index f i v s j) by (assumption || congruence)
  end.
