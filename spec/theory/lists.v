(* Queues are lists (kernel/queue.c): append puts at the end, unlink takes out, and every other queue stays as it is.

   [queues s Q L]: each owner q in Q has the list L q, first waiter first.  Pools use the same ends for their members, so they
   are not in Q. *)
From Isthmus.theory Require Import integers.
From Isthmus Require Import queue.
Open Scope Z_scope.
Open Scope bool_scope.

(* [chain nx pv p l n]: l is a segment whose first element has predecessor p and whose last has successor n. *)
Fixpoint chain (nx pv : Z -> Z) (p : Z) (l : list Z) (n : Z) : Prop :=
  match l with [] => True | a :: l' => pv a = p /\ nx a = hd n l' /\ chain nx pv a l' n end.

Lemma chain_app nx pv l1 : forall p l2 n, chain nx pv p (l1 ++ l2) n <-> chain nx pv p l1 (hd n l2) /\ chain nx pv (last l1 p) l2 n.
Proof.
  induction l1 as [| a l1 IH]; intros; [cbn; tauto |].
  cbn [app chain]. rewrite IH.
  replace (last (a :: l1) p) with (last l1 a)
    by (clear; revert a; induction l1 as [| b l1 IH]; intro; [reflexivity | cbn in *; destruct l1; auto]).
  replace (hd n (l1 ++ l2)) with (hd (hd n l2) l1) by (destruct l1; reflexivity). tauto.
Qed.

(* A chain reads its own elements only. *)
Lemma chain_ext nx pv nx' pv' l : forall p n, (forall a, In a l -> nx' a = nx a /\ pv' a = pv a) ->
  chain nx pv p l n -> chain nx' pv' p l n.
Proof.
  induction l as [| a l IH]; cbn; [auto |]. intros p n E (A & B & C).
  destruct (E a) as [-> ->]; [auto |]. repeat split; auto.
Qed.

Lemma chain_last nx pv nx' pv' l p n n' : NoDup l -> l <> [] ->
  (forall a, In a l -> pv' a = pv a) -> (forall a, In a l -> a <> last l p -> nx' a = nx a) -> nx' (last l p) = n' ->
  chain nx pv p l n -> chain nx' pv' p l n'.
Proof.
  destruct (list_eq_dec Z.eq_dec l []) as [| N]; [contradiction |].
  destruct (exists_last N) as (l0 & z & ->). rewrite last_last. intros D _ P X XZ.
  rewrite !chain_app. cbn. intros (A & B & C & _). apply NoDup_remove in D as (_ & D). rewrite app_nil_r in D.
  repeat split.
  - apply chain_ext with (2 := A). intros a I.
    split; [apply X; [rewrite in_app_iff; auto | intro; subst; auto] | apply P; rewrite in_app_iff; auto].
  - rewrite P; [assumption | rewrite in_app_iff; cbn; auto].
  - assumption.
Qed.

Lemma last_In (l : list Z) p : l <> [] -> In (last l p) l.
Proof. intro N. destruct (exists_last N) as (l0 & z & ->). rewrite last_last, in_app_iff. cbn; auto. Qed.

Definition upd (L : Z -> list Z) q l := fun i => if i =? q then l else L i.
Lemma upd_same L q l : upd L q l q = l. Proof. unfold upd. now rewrite Z.eqb_refl. Qed.
Lemma upd_other L q l i : i <> q -> upd L q l i = L i.
Proof. unfold upd. intro. destruct (Z.eqb_spec i q); [contradiction | reflexivity]. Qed.

Record queues (s : State) (Q : Z -> Prop) (L : Z -> list Z) : Prop := {
  q_chain : forall q, Q q -> chain (s cell_next) (s cell_prev) 0 (L q) 0;
  q_head  : forall q, Q q -> s cell_head q = hd 0 (L q);
  q_tail  : forall q, Q q -> s cell_tail q = last (L q) 0;
  q_nodup : forall q, NoDup (L q);
  q_own   : forall q t, In t (L q) <-> s cell_own t = q /\ Q q;
  q_nil   : s cell_own 0 = 0 /\ ~ Q 0 }.

Section Queues.
Variables (s : State) (Q : Z -> Prop) (L : Z -> list Z).
Hypothesis H : queues s Q L.
Lemma notin_nil q : ~ In 0 (L q).
Proof. intro I. apply (q_own _ _ _ H) in I. destruct I as [A B], (q_nil _ _ _ H) as [C D]. congruence. Qed.
Lemma tail_nil q : Q q -> (s cell_tail q = 0 <-> L q = []).
Proof.
  intro N. rewrite (q_tail _ _ _ H) by assumption. destruct (list_eq_dec Z.eq_dec (L q) []) as [-> | E]; [tauto |].
  split; [| tauto]. intro A. exfalso. apply (notin_nil q). rewrite <- A. now apply last_In.
Qed.
Lemma disjoint q q' t : In t (L q) -> In t (L q') -> q = q'.
Proof. intros A B. apply (q_own _ _ _ H) in A, B. destruct A, B. congruence. Qed.
End Queues.

Definition index (i : Z) : Prop := 0 < i < 2 ^ 32.
Lemma index_fits f i : width f = 32%N -> index i -> fits f i.
Proof. unfold fits, bits, index. intros -> ?. cbn. lia. Qed.
Ltac known ::= first [assumption | reflexivity | apply index_fits; [reflexivity | assumption]
  | match goal with H : ranged ?s |- fits ?f (?s ?g ?i) => exact (H g i) end
  | (unfold fits, bits; cbn; lia)].

(* ---- the queue of q gets t as its last *)
Theorem append_ok s Q L q t (P : State -> Prop) : ranged s -> queues s Q L -> Q q -> index q -> index t -> s cell_own t = 0 ->
  (forall s', ranged s' -> queues s' Q (upd L q (L q ++ [t])) -> P s') -> wp (queue_append q t) P s.
Proof.
  intros R H Qq Iq It Ot Post. unfold queue_append.
  assert (Fresh : forall q', ~ In t (L q')).
  { intros q' I. apply (q_own _ _ _ H) in I as [A B]. destruct (q_nil _ _ _ H) as [_ N]. rewrite Ot in A. subst. contradiction. }
  steps; apply Post; try (repeat apply ranged_set; assumption).
  - (* it had a last element *)
    assert (E : L q <> []) by (intro E; apply C; apply (tail_nil _ _ _ H); assumption).
    set (p := s cell_tail q) in *. assert (Ep : p = last (L q) 0) by (apply (q_tail _ _ _ H); assumption).
    assert (Ip : In p (L q)) by (rewrite Ep; now apply last_In).
    assert (Np : p <> t) by (intros ->; apply (Fresh _ Ip)).
    assert (Fp : fits cell_prev p) by exact (R cell_tail q).
    assert (Other : forall q' a, In a (L q') -> a <> t) by (intros q' a I ->; apply (Fresh _ I)).
    constructor; [intros q' Qq' | intros q' Qq' | intros q' Qq' | intros q' | intros q' x | split; [| apply (q_nil _ _ _ H)]].
    + destruct (Z.eq_dec q' q) as [-> | N].
      * rewrite upd_same. apply chain_app. cbn. reads. repeat split; [| exact Ep].
        apply chain_last with (6 := q_chain _ _ _ H q Qq); [apply (q_nodup _ _ _ H) | assumption | | |].
        -- intros a I. specialize (Other _ _ I). now reads.
        -- intros a I Na. rewrite <- Ep in Na. specialize (Other _ _ I). now reads.
        -- rewrite <- Ep. now reads.
      * rewrite upd_other by assumption. apply chain_ext with (2 := q_chain _ _ _ H q' Qq').
        intros a I. specialize (Other _ _ I). assert (a <> p) by (intros ->; apply N; exact (disjoint _ _ _ H _ _ _ I Ip)).
        reads. auto.
    + destruct (Z.eq_dec q' q) as [-> | N]; rewrite ?upd_same, ?(upd_other L q _ q') by assumption; reads;
        rewrite (q_head _ _ _ H) by assumption; [| reflexivity]. destruct (L q); [contradiction | reflexivity].
    + destruct (Z.eq_dec q' q) as [-> | N]; reads; [now rewrite upd_same, last_last |].
      rewrite upd_other by assumption. now apply (q_tail _ _ _ H).
    + destruct (Z.eq_dec q' q) as [-> | N]; [rewrite upd_same | rewrite upd_other by assumption; apply (q_nodup _ _ _ H)].
      apply (NoDup_Add (a := t) (l := L q)); [replace (L q) with (L q ++ []) at 1 by apply app_nil_r; apply Add_app |].
      split; [apply (q_nodup _ _ _ H) | apply Fresh].
    + reads. rewrite set_at by known. destruct (Z.eq_dec q' q) as [-> | N]; rewrite ?upd_same, ?(upd_other L q _ q') by assumption.
      * rewrite in_app_iff. cbn. destruct (Z.eqb_spec x t) as [-> |]; [tauto |].
        pose proof (q_own _ _ _ H q x). intuition congruence.
      * destruct (Z.eqb_spec x t) as [-> |]; [| apply (q_own _ _ _ H)]. split; [intro I; destruct (Fresh _ I) | intros []; congruence].
    + assert (0 <> t) by (unfold index in It; lia). reads. apply (q_nil _ _ _ H).
  - (* it was empty *)
    apply (tail_nil _ _ _ H) in C as E; [| assumption].
    assert (Other : forall q' a, In a (L q') -> a <> t) by (intros q' a I ->; apply (Fresh _ I)).
    constructor; [intros q' Qq' | intros q' Qq' | intros q' Qq' | intros q' | intros q' x | split; [| apply (q_nil _ _ _ H)]].
    + destruct (Z.eq_dec q' q) as [-> | N]; [rewrite upd_same, E; cbn; reads; rewrite C; auto |].
      rewrite upd_other by assumption. apply chain_ext with (2 := q_chain _ _ _ H q' Qq').
      intros a I. specialize (Other _ _ I). reads. auto.
    + destruct (Z.eq_dec q' q) as [-> | N]; reads; [now rewrite upd_same, E |]. rewrite upd_other by assumption. now apply (q_head _ _ _ H).
    + destruct (Z.eq_dec q' q) as [-> | N]; reads; [now rewrite upd_same, E |]. rewrite upd_other by assumption. now apply (q_tail _ _ _ H).
    + destruct (Z.eq_dec q' q) as [-> | N]; [rewrite upd_same, E; repeat constructor; auto |].
      rewrite upd_other by assumption. apply (q_nodup _ _ _ H).
    + reads. rewrite set_at by known. destruct (Z.eq_dec q' q) as [-> | N]; rewrite ?upd_same, ?(upd_other L q _ q') by assumption.
      * rewrite E; cbn. destruct (Z.eqb_spec x t) as [-> |]; [tauto |].
        pose proof (q_own _ _ _ H q x) as I. rewrite E in I. cbn in I. intuition congruence.
      * destruct (Z.eqb_spec x t) as [-> |]; [| apply (q_own _ _ _ H)]. split; [intro I; destruct (Fresh _ I) | intros []; congruence].
    + assert (0 <> t) by (unfold index in It; lia). reads. apply (q_nil _ _ _ H).
Qed.

(* ---- out of a queue, from anywhere in it *)
Lemma chain_first nx pv nx' pv' l p p' n : NoDup l -> l <> [] ->
  (forall a, In a l -> nx' a = nx a) -> (forall a, In a l -> a <> hd n l -> pv' a = pv a) -> pv' (hd n l) = p' ->
  chain nx pv p l n -> chain nx' pv' p' l n.
Proof.
  destruct l as [| a l]; [contradiction |]. cbn. intros D _ X P PZ (A & B & C). inversion D; subst.
  repeat split; [rewrite X; auto |]. apply chain_ext with (2 := C).
  intros b I. split; [apply X; auto | apply P; auto; intro; subst; auto].
Qed.
Lemma hd_In (l : list Z) p : l <> [] -> In (hd p l) l.
Proof. destruct l; cbn; auto; contradiction. Qed.
Lemma last_app (l1 l2 : list Z) d : last (l1 ++ l2) d = last l2 (last l1 d).
Proof.
  destruct (list_eq_dec Z.eq_dec l2 []) as [-> | N]; [now rewrite app_nil_r |].
  destruct (exists_last N) as (l0 & z & ->). now rewrite app_assoc, !last_last.
Qed.
Lemma hd_app (l1 l2 : list Z) d : hd d (l1 ++ l2) = hd (hd d l2) l1.
Proof. destruct l1; reflexivity. Qed.

Definition del (t : Z) l := remove Z.eq_dec t l.
Lemma del_mid l1 t l2 : NoDup (l1 ++ t :: l2) -> del t (l1 ++ t :: l2) = l1 ++ l2.
Proof.
  intro D. apply NoDup_remove in D as (_ & D). rewrite in_app_iff in D. unfold del.
  rewrite remove_app. cbn. destruct (Z.eq_dec t t); [| contradiction]. now rewrite !notin_remove by tauto.
Qed.

(* What unlink does, in one formula for its four cases. *)
Lemma unlink_core s s' Q L q t p n : queues s Q L -> Q q -> In t (L q) -> p = s cell_prev t -> n = s cell_next t ->
  (forall a, a <> t -> s' cell_next a = if negb (p =? 0) && (a =? p) then n else s cell_next a) ->
  (forall a, a <> t -> s' cell_prev a = if negb (n =? 0) && (a =? n) then p else s cell_prev a) ->
  (forall x, s' cell_head x = if (p =? 0) && (x =? q) then n else s cell_head x) ->
  (forall x, s' cell_tail x = if (n =? 0) && (x =? q) then p else s cell_tail x) ->
  (forall x, s' cell_own x = if x =? t then 0 else s cell_own x) ->
  queues s' Q (upd L q (del t (L q))).
Proof.
  intros H Qq It Ep En F1 F2 F3 F4 F5.
  destruct (in_split _ _ It) as (l1 & l2 & E). pose proof (q_nodup _ _ _ H q) as D. rewrite E in *.
  rewrite del_mid by assumption.
  pose proof (q_chain _ _ _ H q Qq) as C. rewrite E in C. apply chain_app in C as (C1 & C2 & C3 & C4). cbn in C1.
  rewrite C2 in Ep. rewrite C3 in En. clear C2 C3.
  assert (Nn : forall a, In a (l1 ++ t :: l2) -> a <> 0) by (intros a I ->; rewrite <- E in I; exact (notin_nil _ _ _ H _ I)).
  pose proof (NoDup_remove _ _ _ D) as (D' & Nt). rewrite in_app_iff in Nt.
  assert (Pn : p = 0 <-> l1 = []).
  { destruct (list_eq_dec Z.eq_dec l1 []) as [-> | N]; [cbn in Ep; tauto |]. split; [| tauto]. intro.
    destruct (Nn (last l1 0)); [| congruence]. rewrite in_app_iff. left. now apply last_In. }
  assert (Nnn : n = 0 <-> l2 = []).
  { destruct (list_eq_dec Z.eq_dec l2 []) as [-> | N]; [cbn in En; tauto |]. split; [| tauto]. intro.
    destruct (Nn (hd 0 l2)); [| congruence]. rewrite in_app_iff. right; right. now apply hd_In. }
  assert (NoDup l1 /\ NoDup l2 /\ forall a, In a l1 -> ~ In a l2) as (D1 & D2 & D12).
  { clear - D'. induction l1 as [| a l IH]; cbn in *; [repeat split; [constructor | assumption | tauto] |].
    inversion D'; subst. rewrite in_app_iff in H1. destruct (IH H2) as (A & B & X). repeat split; [constructor; tauto | assumption |].
    intros b [-> | I]; [tauto | auto]. }
  assert (Out : forall q0 a, q0 <> q -> In a (L q0) -> ~ In a (l1 ++ t :: l2)).
  { intros q0 a N I I'. rewrite <- E in I'. apply N. exact (disjoint _ _ _ H _ _ _ I I'). }
  assert (T1 : forall a, In a l1 -> a <> t) by (intros a I ->; tauto).
  assert (T2 : forall a, In a l2 -> a <> t) by (intros a I ->; tauto).
  constructor; [intros q0 Q0 | intros q0 Q0 | intros q0 Q0 | intros q0 | intros q0 t0 | split; [| apply (q_nil _ _ _ H)]].
  - destruct (Z.eq_dec q0 q) as [-> | N]; [rewrite upd_same | rewrite upd_other by assumption].
    + apply chain_app. split.
      * destruct (list_eq_dec Z.eq_dec l1 []) as [-> | N1]; [exact I |].
        apply chain_last with (6 := C1); try assumption.
        -- intros a I. rewrite F2 by auto. destruct (Z.eqb_spec n 0); [reflexivity |]. cbn. destruct (Z.eqb_spec a n) as [-> |]; [| reflexivity].
           exfalso. apply (D12 n I). rewrite En. apply hd_In. tauto.
        -- intros a I N. rewrite F1, Ep by auto. destruct (Z.eqb_spec a (last l1 0)); [contradiction |]. now rewrite andb_false_r.
        -- rewrite F1 by (apply T1, last_In; assumption). rewrite <- Ep, Z.eqb_refl. destruct (Z.eqb_spec p 0); [tauto |]. exact En.
      * destruct (list_eq_dec Z.eq_dec l2 []) as [-> | N2]; [exact I |].
        apply chain_first with (6 := C4); try assumption.
        -- intros a I. rewrite F1 by auto. destruct (Z.eqb_spec p 0); [reflexivity |]. cbn. destruct (Z.eqb_spec a p) as [-> |]; [| reflexivity].
           exfalso. apply (D12 p); [rewrite Ep; apply last_In; tauto | exact I].
        -- intros a I N. rewrite F2, En by auto. destruct (Z.eqb_spec a (hd 0 l2)); [contradiction |]. now rewrite andb_false_r.
        -- rewrite F2 by (apply T2, hd_In; assumption). rewrite <- En, Z.eqb_refl. destruct (Z.eqb_spec n 0); [tauto |]. exact Ep.
    + apply chain_ext with (2 := q_chain _ _ _ H q0 Q0). intros a I. pose proof (Out _ _ N I) as O. rewrite in_app_iff in O. cbn in O.
      rewrite F1, F2 by (intros ->; tauto). split.
      * destruct (Z.eqb_spec p 0); [reflexivity |]. cbn. destruct (Z.eqb_spec a p) as [-> |]; [| reflexivity].
        destruct O. left. rewrite Ep. apply last_In. tauto.
      * destruct (Z.eqb_spec n 0); [reflexivity |]. cbn. destruct (Z.eqb_spec a n) as [-> |]; [| reflexivity].
        destruct O. right; right. rewrite En. apply hd_In. tauto.
  - rewrite F3. destruct (Z.eq_dec q0 q) as [-> | N]; [rewrite upd_same, Z.eqb_refl | rewrite upd_other by assumption].
    + rewrite (q_head _ _ _ H), E, !hd_app by assumption. destruct (Z.eqb_spec p 0) as [e | e]; cbn.
      * apply Pn in e. subst l1. exact En.
      * destruct l1; [tauto | reflexivity].
    + destruct (Z.eqb_spec q0 q); [contradiction |]. rewrite andb_false_r. now apply (q_head _ _ _ H).
  - rewrite F4. destruct (Z.eq_dec q0 q) as [-> | N]; [rewrite upd_same, Z.eqb_refl | rewrite upd_other by assumption].
    + rewrite (q_tail _ _ _ H), E, !last_app by assumption. destruct (Z.eqb_spec n 0) as [e | e]; cbn [andb].
      * apply Nnn in e. subst l2. exact Ep.
      * destruct l2; [tauto |]. change (t :: z :: l2) with ([t] ++ z :: l2). rewrite last_app. cbn [last].
        clear. generalize (last l1 0). revert z. induction l2; intros; [reflexivity |]. cbn in *. destruct l2; auto.
    + destruct (Z.eqb_spec q0 q); [contradiction |]. rewrite andb_false_r. now apply (q_tail _ _ _ H).
  - destruct (Z.eq_dec q0 q) as [-> | N]; [rewrite upd_same; assumption | rewrite upd_other by assumption; apply (q_nodup _ _ _ H)].
  - rewrite F5. pose proof (q_own _ _ _ H q0 t0) as O.
    assert (Tq : s cell_own t = q) by (apply (q_own _ _ _ H q t); rewrite E, in_app_iff; cbn; auto).
    assert (Q 0 -> False) by apply (q_nil _ _ _ H).
    destruct (Z.eq_dec q0 q) as [-> | N]; [rewrite upd_same | rewrite upd_other by assumption].
    + rewrite E in O. rewrite in_app_iff in *. cbn in O. destruct (Z.eqb_spec t0 t) as [-> |]; [intuition congruence |].
      rewrite <- O. intuition congruence.
    + destruct (Z.eqb_spec t0 t) as [-> |]; [| exact O]. rewrite O, Tq. split; [intros []; congruence | intros [<- A]; tauto].
  - rewrite F5. destruct (Z.eqb_spec 0 t) as [<- |]; [reflexivity | apply (q_nil _ _ _ H)].
Qed.

Theorem unlink_ok s Q L t (P : State -> Prop) : ranged s -> queues s Q L -> Q (s cell_own t) -> index t ->
  (forall s', ranged s' -> queues s' Q (upd L (s cell_own t) (del t (L (s cell_own t)))) -> P s') -> wp (queue_unlink t) P s.
Proof.
  intros R H Qq It Post. unfold queue_unlink.
  assert (In t (L (s cell_own t))) by (apply (q_own _ _ _ H); auto).
  assert (Fn : fits cell_next (s cell_next t)) by apply R. assert (Fp : fits cell_prev (s cell_prev t)) by apply R.
  assert (Fh : fits cell_head (s cell_next t)) by exact Fn. assert (Ft : fits cell_tail (s cell_prev t)) by exact Fp.
  steps; apply Post; try (repeat apply ranged_set; assumption);
    eapply unlink_core; try eassumption; try reflexivity; intro a; try intro Na; cbv beta.
  all: repeat match goal with
    | E : _ = 0 |- _ => rewrite E; clear E
    | N : ?x <> 0 |- context [?x =? 0] => replace (x =? 0) with false by (symmetry; now apply Z.eqb_neq) end.
  all: rewrite ?Z.eqb_refl; cbn [negb Datatypes.andb].
  all: repeat match goal with
    | |- context [set ?f ?i ?v ?s ?g] => rewrite (set_other_field f i v s g) by reflexivity
    | N : ?j <> ?i |- context [set ?f ?i ?v ?s ?f ?j] => rewrite (set_other_index f i v s j) by assumption
    | |- context [set ?f ?i ?v ?s ?f ?j] => rewrite (set_at f i v s j) by known end; try reflexivity.
Qed.
Print Assumptions append_ok.
Print Assumptions unlink_ok.
