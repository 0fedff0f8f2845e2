(* Ids are fresh.  For every operation and every other entry: the counter never goes back, no cell's id and no call's number
   is beyond it, and so whatever gets the next number gets one that nothing has.

   [counts n a]: a takes at most n numbers, and keeps this.  The counter must not reach its end, 2^63, during a: at a billion
   numbers a second that takes 292 years. *)
From Isthmus.theory Require Import integers.
From Isthmus Require Import fastpath.
Open Scope Z_scope.
Open Scope bool_scope.

Definition numbered (s : State) : Prop :=
  (forall i, fits cell_id (s cell_id i) /\ Z.ldiff (s cell_id i) (2 ^ 63) <= s next_id 0) /\ (forall i, s thread_call i <= s next_id 0).

Definition counts (n : Z) (a : @Act State) : Prop :=
  forall s, 0 <= s next_id 0 -> s next_id 0 + n < 2 ^ 63 -> numbered s ->
  s next_id 0 <= a s next_id 0 <= s next_id 0 + n /\ numbered (a s).

(* ---- what an action's parts count, it counts *)
Lemma wp_end (a : @Act State) P s : wp a P s -> P (a s). Proof. Local Transparent wp. auto. Qed.
Local Opaque wp.

Lemma counts_more n m a : counts n a -> n <= m -> counts m a.
Proof. intros A L s N B H. destruct (A s) as [C D]; [lia | lia | assumption |]. split; [lia | assumption]. Qed.
Lemma counts_skip : counts 0 skip. Proof. intros s N B H. unfold skip. split; [lia | assumption]. Qed.
Lemma counts_andthen n m a b : counts n a -> counts m b -> 0 <= m -> counts (n + m) (andthen a b).
Proof.
  intros A C M s N L H. unfold andthen. destruct (A s) as [D E]; [lia | lia | assumption |].
  destruct (C (a s)) as [F G]; [lia | lia | assumption |]. split; [lia | assumption].
Qed.
Lemma counts_bind {A} n (x : (A -> Act) -> Act) k : counts n (x k) -> counts n (bind x k). Proof. auto. Qed.
Lemma counts_read n f i k : (forall v, counts n (k v)) -> counts n (read f i k).
Proof. intros A s. apply A. Qed.
Lemma counts_cond n (c : bool) x y : counts n x -> counts n y -> counts n (cond c x y).
Proof. intros X Y s. unfold cond. destruct c; cbn; [apply X | apply Y]. Qed.
Lemma counts_when n (c : bool) x : counts n x -> 0 <= n -> counts n (when c x).
Proof. intros X N. apply counts_cond; [assumption |]. eapply counts_more; [apply counts_skip | assumption]. Qed.
Lemma counts_repeat a n : counts 0 a -> counts 0 (repeat n a).
Proof. intro A. induction n; cbn; [apply counts_skip | apply (counts_andthen 0 0); [assumption | assumption | lia]]. Qed.
Lemma counts_for_each a n : (forall i, counts 0 (a i)) -> forall i, counts 0 (for_each n i a).
Proof. intro A. induction n; intro; cbn; [apply counts_skip | apply (counts_andthen 0 0); [apply A | apply IHn | lia]]. Qed.
Lemma counts_all {A} (f : A -> Act) l : (forall x, counts 0 (f x)) -> counts 0 (all (map f l)).
Proof. intro F. induction l; cbn; [apply counts_skip | apply (counts_andthen 0 0); [apply F | assumption | lia]]. Qed.

Definition numbers_of (f : field) : bool := match f with cell_id | thread_call | next_id => true | _ => false end.
Lemma counts_write f i v : numbers_of f = false -> counts 0 (write f i v).
Proof.
  intros F s N L [H1 H2]. unfold write. cbn.
  assert (E : forall g, numbers_of g = true -> integers.set f i v s g = s g).
  { intros g G. apply set_other_field. destruct (same g f) eqn:X; [apply same_eq in X; congruence | reflexivity]. }
  unfold numbered. rewrite !E by reflexivity. split; [lia | split; assumption].
Qed.
Lemma counts_zero_frame f : counts 0 (zero_frame f).
Proof. intros s N L H. split; [cbn; lia | exact H]. Qed.
Lemma counts_zero_cell c : counts 0 (zero_cell c).
Proof.
  intros s N L [H1 H2]. unfold numbered. cbn. split; [lia | split; intro j; destruct (j =? c); auto].
  unfold fits, bits. cbn. lia.
Qed.

(* ---- the four places where a number is taken, or changed *)
Lemma wrap_next s n : 0 <= s next_id 0 -> s next_id 0 + (n + 1) < 2 ^ 63 -> 0 <= n -> wrap (s next_id 0 + 1) = s next_id 0 + 1.
Proof. intros. apply Z.mod_small. lia. Qed.
Lemma next_written s v : 0 <= v < 2 ^ 63 -> integers.set next_id 0 v s next_id 0 = v.
Proof. intro. apply set_same. unfold fits, bits. cbn [width]. lia. Qed.

Lemma counts_fresh n k : 0 <= n -> (forall v, counts n (k v)) -> counts (n + 1) (fresh_id k).
Proof.
  intros N0 K s N L [H1 H2]. unfold fresh_id, bind, read, andthen, write. cbn.
  rewrite (wrap_next s n) by lia. pose (s1 := integers.set next_id 0 (s next_id 0 + 1) s). fold s1.
  assert (E : s1 next_id 0 = s next_id 0 + 1) by (apply next_written; lia).
  destruct (K (s next_id 0 + 1) s1) as [A B]; [lia | lia | |].
  - split; intro i; rewrite E; unfold s1; rewrite set_other_field by reflexivity; [destruct (H1 i); split; [assumption | lia] | specialize (H2 i); lia].
  - split; [lia | assumption].
Qed.

Lemma ldiff_below a : 0 <= a < 2 ^ 63 -> Z.ldiff a (2 ^ 63) = a.
Proof.
  intro A. apply Z.bits_inj'. intros n N. rewrite Z.ldiff_spec, Z.pow2_bits_eqb by lia.
  destruct (Z.eqb_spec 63 n) as [<- |]; [| now rewrite andb_true_r].
  rewrite Z.bits_above_log2; [reflexivity | lia |]. destruct (Z.eq_dec a 0) as [-> |]; [reflexivity |]. apply Z.log2_lt_pow2; lia.
Qed.

Lemma counts_cell_number c : counts 1 (cell_number c).
Proof.
  intros s N L [H1 H2]. unfold cell_number, fresh_id, bind, read, andthen, write. cbn.
  rewrite (wrap_next s 0) by lia. pose (n := s next_id 0 + 1). fold n.
  assert (E : integers.set cell_id c n (integers.set next_id 0 n s) next_id 0 = n)
    by (rewrite set_other_field by reflexivity; apply next_written; lia).
  unfold numbered. rewrite E. split; [lia | split; intro i].
  - rewrite set_case, set_other_field by reflexivity. destruct (same cell_id cell_id && (i =? c)).
    + unfold bits. cbn [width]. rewrite Z.mod_small by lia. split; [unfold fits, bits; cbn [width]; lia |]. rewrite ldiff_below; lia.
    + destruct (H1 i). split; [assumption | lia].
  - rewrite !set_other_field by reflexivity. specialize (H2 i). lia.
Qed.

(* A call takes a number, which at once is the caller's. *)
Lemma counts_call n t (k : Z -> Act) : 0 <= n -> (forall v, counts n (k v)) ->
  counts (n + 1) (fresh_id (fun v => andthen (write thread_call t v) (k v))).
Proof.
  intros N0 K s N L [H1 H2]. unfold fresh_id, bind, read, andthen, write. cbn.
  rewrite (wrap_next s n) by lia. pose (v := s next_id 0 + 1). fold v.
  pose (s1 := integers.set thread_call t v (integers.set next_id 0 v s)). fold s1.
  assert (E : s1 next_id 0 = v) by (unfold s1; rewrite set_other_field by reflexivity; apply next_written; lia).
  destruct (K v s1) as [A B]; [lia | lia | |].
  - unfold numbered. rewrite E. split; intro i; unfold s1.
    + rewrite !set_other_field by reflexivity. destruct (H1 i). split; [assumption | lia].
    + rewrite set_case, set_other_field by reflexivity. destruct (same thread_call thread_call && (i =? t)).
      * unfold bits. cbn [width]. rewrite Z.mod_small by lia. lia.
      * specialize (H2 i). lia.
  - split; [lia | assumption].
Qed.

(* An object that is dying has its old number, and the bit. *)
Lemma counts_make_dying c : counts 0 (make_dying c).
Proof.
  intros s N L [H1 H2]. unfold make_dying, bind, read, write. cbn -[DYING Z.of_N].
  unfold numbered. rewrite !(set_other_field cell_id c _ s) by reflexivity. split; [lia | split; [intro i | assumption]].
  rewrite set_case. destruct (same cell_id cell_id && (i =? c)); [| apply H1].
  destruct (H1 c) as [F G]. unfold fits, bits in *. cbn [width] in *. split; [apply Z.mod_pos_bound; lia |].
  etransitivity; [| exact G]. apply Z.eq_le_incl, Z.bits_inj'. intros n Nn.
  change (Z.of_N DYING) with (2 ^ 63).
  rewrite !Z.ldiff_spec, <- Z.land_ones, Z.land_spec, Z.lor_spec, !Z.pow2_bits_eqb by lia.
  destruct (63 =? n); [now rewrite !andb_false_r |]. rewrite orb_false_r.
  destruct (Z.lt_ge_cases n 64) as [S | S].
  - rewrite Z.ones_spec_low by lia. now rewrite andb_true_r.
  - rewrite (Z.bits_above_log2 (s cell_id c)); [reflexivity | lia |].
    destruct (Z.eq_dec (s cell_id c) 0) as [-> |]; [cbn; lia |]. apply Z.log2_lt_pow2; [lia |].
    eapply Z.lt_le_trans; [apply F | apply Z.pow_le_mono_r; lia].
Qed.
