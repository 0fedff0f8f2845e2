(* No entry of the kernel takes more than four numbers, and all keep what theory/ids.v says: so ids are fresh, over any
   sequence of system calls, faults and interrupts.  The proofs follow the syntax. *)
From Isthmus.theory Require Import integers ids.
From Isthmus Require Import fastpath.
Open Scope Z_scope.
Open Scope bool_scope.

Lemma then0 n a b : counts 0 a -> counts n b -> 0 <= n -> counts n (andthen a b).
Proof. intros A B N. change n with (0 + n). now apply counts_andthen. Qed.
Lemma then1 n a b : counts 1 a -> counts (n - 1) b -> 1 <= n -> counts n (andthen a b).
Proof. intros A B N. replace n with (1 + (n - 1)) by lia. apply counts_andthen; [assumption | assumption | lia]. Qed.
Lemma fresh1 n k : (forall v, counts (n - 1) (k v)) -> 1 <= n -> counts n (fresh_id k).
Proof. intros K N. replace n with ((n - 1) + 1) by lia. apply counts_fresh; [lia | assumption]. Qed.
Lemma call1 n t (k : Z -> Act) : (forall v, counts (n - 1) (k v)) -> 1 <= n ->
  counts n (fresh_id (fun v => andthen (write thread_call t v) (k v))).
Proof. intros K N. replace n with ((n - 1) + 1) by lia. apply counts_call; [lia | assumption]. Qed.
Lemma zero n a : counts 0 a -> 0 <= n -> counts n a. Proof. apply counts_more. Qed.
Lemma two n a : counts 2 a -> 2 <= n -> counts n a. Proof. apply counts_more. Qed.
Lemma one n a : counts 1 a -> 1 <= n -> counts n a. Proof. apply counts_more. Qed.

(* One step of following the syntax.  A helper of the specification that has its lemma is not opened again: each group of lemmas
   below adds to [helper]. *)
Ltac helper := fail.
Ltac count1 := match goal with
  | |- forall _, _ => intro
  | K : forall _, counts _ (?k _) |- counts _ (?k _) => eapply counts_more; [simple apply K | lia]
  | K : forall _ _, counts _ (?k _ _) |- counts _ (?k _ _) => eapply counts_more; [simple apply K | lia]
  | K : forall _ _ _, counts _ (?k _ _ _) |- counts _ (?k _ _ _) => eapply counts_more; [simple apply K | lia]
  | IH : context [counts ?n _] |- counts ?n _ => simple apply IH; assumption
  | |- counts ?n _ => helper
  | |- counts _ (bind ?x _) => apply counts_bind; cbv beta
  | |- counts _ (read _ _ _) => apply counts_read
  | |- counts _ (write _ _ _) => apply zero; [apply counts_write; reflexivity | try lia]
  | |- counts _ skip => apply zero; [apply counts_skip | try lia]
  | |- counts _ (cond _ _ _) => apply counts_cond
  | |- counts _ (when _ _) => apply counts_when; [| try lia]
  | |- counts _ (zero_frame _) => apply zero; [apply counts_zero_frame | try lia]
  | |- counts _ (zero_cell _) => apply zero; [apply counts_zero_cell | try lia]
  | |- counts _ (make_dying _) => apply zero; [apply counts_make_dying | try lia]
  | |- counts _ (cell_number _) => apply one; [apply counts_cell_number | try lia]
  | |- counts _ (repeat _ _) => apply zero; [apply counts_repeat | try lia]
  | |- counts _ (for_each _ _ _) => apply zero; [apply counts_for_each | try lia]
  | |- counts _ (all (map _ _)) => apply zero; [apply counts_all | try lia]
  | |- counts _ (fresh_id _) => first [apply call1 | apply fresh1]; [| lia]
  | |- counts _ (if ?c then _ else _) => destruct c
  | |- counts _ (andthen _ _) => first [apply then0; [solve [count] | | try lia] | apply then1; [solve [count] | | try lia]]
  | |- counts _ ?a => opened a
  end
with opened a := match a with ?f _ => opened f | ?f => unfold f end
with count := repeat (count1; cbv beta).

Section Fresh.
Context {port : Port Z bool State}.
(* Lists whose columns hold no numbers: all of them. *)
Definition numberless l := (numbers_of (ends_head l) || numbers_of (ends_tail l) || numbers_of (link_forward l) || numbers_of (link_back l)) = false.
Ltac columns := let N := fresh "N" in intro N; unfold numberless in N; repeat (let M := fresh in apply orb_false_elim in N; destruct N as [N M]).
Ltac count_list := repeat match goal with
  | |- counts 0 (andthen _ _) => apply then0; [| | lia]
  | |- counts 0 (bind _ _) => apply counts_bind; cbv beta
  | |- counts 0 (read _ _ _) => apply counts_read; intro
  | |- counts 0 (cond _ _ _) => apply counts_cond
  | |- counts 0 (when _ _) => apply counts_when; [| lia]
  | |- counts 0 (write _ _ _) => apply counts_write; assumption
  end.
Lemma c_list_remove l o x : numberless l -> counts 0 (list_remove l o x). Proof. columns. unfold list_remove. count_list. Qed.
Lemma c_list_push l o x : numberless l -> counts 0 (list_push l o x). Proof. columns. unfold list_push. count_list. Qed.
Lemma c_list_append l o x : numberless l -> counts 0 (list_append l o x). Proof. columns. unfold list_append. count_list. Qed.
Ltac in_lists := match goal with
  | |- counts _ (list_remove _ _ _) => apply zero; [apply c_list_remove; reflexivity | try lia]
  | |- counts _ (list_push _ _ _) => apply zero; [apply c_list_push; reflexivity | try lia]
  | |- counts _ (list_append _ _ _) => apply zero; [apply c_list_append; reflexivity | try lia]
  end.
Ltac helper ::= in_lists.

(* ---- Queues, budgets, signals, running *)
Lemma c_queue_append q t : counts 0 (queue_append q t). Proof. unfold queue_append. count. Qed.
Lemma c_queue_unlink t : counts 0 (queue_unlink t). Proof. unfold queue_unlink. count. Qed.
Lemma c_ready_append t : counts 0 (ready_append t). Proof. unfold ready_append. count. Qed.
Lemma c_ready_unlink t : counts 0 (ready_unlink t). Proof. unfold ready_unlink. count. Qed.
Lemma c_budget_is_there n t k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (budget_is_there t k).
Proof. intros N K. unfold budget_is_there. count. Qed.
Lemma c_sched_own_budget t : counts 0 (sched_own_budget t). Proof. unfold sched_own_budget. count. Qed.
Lemma c_sched_donate a b : counts 0 (sched_donate a b). Proof. unfold sched_donate. count. Qed.
Lemma c_urge w : counts 0 (urge w). Proof. unfold urge. count. Qed.
Ltac helper1 := match goal with
  | |- counts _ (queue_append _ _) => apply zero; [apply c_queue_append | try lia]
  | |- counts _ (queue_unlink _) => apply zero; [apply c_queue_unlink | try lia]
  | |- counts _ (ready_append _) => apply zero; [apply c_ready_append | try lia]
  | |- counts _ (ready_unlink _) => apply zero; [apply c_ready_unlink | try lia]
  | |- counts _ (budget_is_there _ _) => apply c_budget_is_there; [try lia | cbv beta]
  | |- counts _ (sched_own_budget _) => apply zero; [apply c_sched_own_budget | try lia]
  | |- counts _ (sched_donate _ _) => apply zero; [apply c_sched_donate | try lia]
  | |- counts _ (urge _) => apply zero; [apply c_urge | try lia]
  | |- _ => in_lists
  end.
Ltac helper ::= helper1.
Lemma c_sched_can_pay n t k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (sched_can_pay t k).
Proof. intros N K. unfold sched_can_pay. count. Qed.
Lemma c_starve t : counts 0 (starve t). Proof. unfold starve. count. Qed.
Lemma c_leave_endpoint e t : counts 0 (leave_endpoint e t). Proof. unfold leave_endpoint. count. Qed.
Ltac helper2 := match goal with
  | |- counts _ (sched_can_pay _ _) => apply c_sched_can_pay; [try lia | cbv beta]
  | |- counts _ (starve _) => apply zero; [apply c_starve | try lia]
  | |- counts _ (leave_endpoint _ _) => apply zero; [apply c_leave_endpoint | try lia]
  | |- _ => helper1
  end.
Ltac helper ::= helper2.
Lemma c_finds_budget n t k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (finds_budget t k).
Proof. intros N K. unfold finds_budget. count. Qed.
Lemma c_sched_remove t : counts 0 (sched_remove t). Proof. unfold sched_remove. count. Qed.
Ltac helper3 := match goal with
  | |- counts _ (finds_budget _ _) => apply c_finds_budget; [try lia | cbv beta]
  | |- counts _ (sched_remove _) => apply zero; [apply c_sched_remove | try lia]
  | |- _ => helper2
  end.
Ltac helper ::= helper3.
Lemma c_sched_ready t : counts 0 (sched_ready t). Proof. unfold sched_ready. count. Qed.
Ltac helper4 := match goal with
  | |- counts _ (sched_ready _) => apply zero; [apply c_sched_ready | try lia]
  | |- _ => helper3
  end.
Ltac helper ::= helper4.
Lemma c_sched_ready_own t : counts 0 (sched_ready_own t). Proof. unfold sched_ready_own. count. Qed.
Lemma c_set_reg t p v : counts 0 (set_reg t p v). Proof. unfold set_reg. count. Qed.
Ltac helper5 := match goal with
  | |- counts _ (sched_ready_own _) => apply zero; [apply c_sched_ready_own | try lia]
  | |- counts _ (set_reg _ _ _) => apply zero; [apply c_set_reg | try lia]
  | |- _ => helper4
  end.
Ltac helper ::= helper5.
Lemma c_deliver_words t b g x0 x1 x2 x3 x4 : counts 0 (deliver_words t b g x0 x1 x2 x3 x4). Proof. unfold deliver_words. count. Qed.
Ltac helper6 := match goal with
  | |- counts _ (deliver_words _ _ _ _ _ _ _ _) => apply zero; [apply c_deliver_words | try lia]
  | |- _ => helper5
  end.
Ltac helper ::= helper6.
Lemma c_deliver_signal t b : counts 0 (deliver_signal t b). Proof. unfold deliver_signal. count. Qed.
Ltac helper7 := match goal with
  | |- counts _ (deliver_signal _ _) => apply zero; [apply c_deliver_signal | try lia]
  | |- _ => helper6
  end.
Ltac helper ::= helper7.
Lemma c_notification_signal x b : counts 0 (notification_signal x b). Proof. unfold notification_signal. count. Qed.
Ltac helper8 := match goal with
  | |- counts _ (notification_signal _ _) => apply zero; [apply c_notification_signal | try lia]
  | |- _ => helper7
  end.
Ltac helper ::= helper8.
Lemma c_notification_signal_weak x i b : counts 0 (notification_signal_weak x i b). Proof. unfold notification_signal_weak. count. Qed.
Ltac helper9 := match goal with
  | |- counts _ (notification_signal_weak _ _ _) => apply zero; [apply c_notification_signal_weak | try lia]
  | |- _ => helper8
  end.
Ltac helper ::= helper9.
Lemma c_charge n k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (charge k).
Proof. intros N K. unfold charge. count. Qed.
Lemma c_sched_most_urgent n t k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (sched_most_urgent t k).
Proof. intros N K. unfold sched_most_urgent. count. Qed.
Lemma c_sched_arm : counts 0 sched_arm. Proof. unfold sched_arm. count. Qed.
Lemma c_sched_stop_current : counts 0 sched_stop_current. Proof. unfold sched_stop_current. count. Qed.
Ltac helper10 := match goal with
  | |- counts _ (charge _) => apply c_charge; [try lia | cbv beta]
  | |- counts _ (sched_most_urgent _ _) => apply c_sched_most_urgent; [try lia | cbv beta]
  | |- counts _ sched_arm => apply zero; [apply c_sched_arm | try lia]
  | |- counts _ sched_stop_current => apply zero; [apply c_sched_stop_current | try lia]
  | |- _ => helper9
  end.
Ltac helper ::= helper10.
Lemma c_sched_charge : counts 0 sched_charge. Proof. unfold sched_charge. count. Qed.
Lemma c_leave_budget : counts 0 leave_budget. Proof. unfold leave_budget. count. Qed.
Ltac helper11 := match goal with
  | |- counts _ sched_charge => apply zero; [apply c_sched_charge | try lia]
  | |- counts _ leave_budget => apply zero; [apply c_leave_budget | try lia]
  | |- _ => helper10
  end.
Ltac helper ::= helper11.
Lemma c_consume b i : counts 0 (consume b i). Proof. unfold consume. count. Qed.
Ltac helper12 := match goal with
  | |- counts _ (consume _ _) => apply zero; [apply c_consume | try lia]
  | |- _ => helper11
  end.
Ltac helper ::= helper12.
Lemma c_sched_run t : counts 0 (sched_run t). Proof. unfold sched_run. count. Qed.
Lemma c_sched_yield : counts 0 sched_yield. Proof. unfold sched_yield. count. Qed.
Ltac helper13 := match goal with
  | |- counts _ (sched_run _) => apply zero; [apply c_sched_run | try lia]
  | |- counts _ sched_yield => apply zero; [apply c_sched_yield | try lia]
  | |- _ => helper12
  end.
Ltac helper ::= helper13.
Lemma c_pick : counts 0 pick. Proof. unfold pick. count. Qed.
Ltac helper14 := match goal with
  | |- counts _ pick => apply zero; [apply c_pick | try lia]
  | |- _ => helper13
  end.
Ltac helper ::= helper14.
Lemma c_settle_once : counts 0 settle_once. Proof. unfold settle_once. count. Qed.
Ltac helper15 := match goal with
  | |- counts _ settle_once => apply zero; [apply c_settle_once | try lia]
  | |- _ => helper14
  end.
Ltac helper ::= helper15.
Lemma c_sched_settle : counts 0 sched_settle. Proof. unfold sched_settle. count. Qed.
Ltac helper16 := match goal with
  | |- counts _ sched_settle => apply zero; [apply c_sched_settle | try lia]
  | |- _ => helper15
  end.
Ltac helper ::= helper16.

(* ---- Capabilities *)
Lemma c_is_live n c k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (is_live c k).
Proof. intros N K. unfold is_live. count. Qed.
Lemma c_slot_at n t x k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (slot_at t x k).
Proof. intros N K. unfold slot_at. count. Qed.
Lemma c_slot_read n s k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (slot_read s k).
Proof. intros N K. unfold slot_read. count. Qed.
Lemma c_follow_one n c k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (follow_one c k).
Proof. intros N K. unfold follow_one. count. Qed.
Lemma c_task_of n t k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (task_of t k).
Proof. intros N K. unfold task_of. count. Qed.
Lemma c_slot_fill s c : counts 0 (slot_fill s c). Proof. unfold slot_fill. count. Qed.
Ltac helper17 := match goal with
  | |- counts _ (is_live _ _) => apply c_is_live; [try lia | cbv beta]
  | |- counts _ (slot_at _ _ _) => apply c_slot_at; [try lia | cbv beta]
  | |- counts _ (slot_read _ _) => apply c_slot_read; [try lia | cbv beta]
  | |- counts _ (follow_one _ _) => apply c_follow_one; [try lia | cbv beta]
  | |- counts _ (task_of _ _) => apply c_task_of; [try lia | cbv beta]
  | |- counts _ (slot_fill _ _) => apply zero; [apply c_slot_fill | try lia]
  | |- _ => helper16
  end.
Ltac helper ::= helper17.
Lemma c_follow n j c k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (follow j c k).
Proof. intro N. revert c. induction j; intros c K; cbn [follow]; [apply K |]. count. Qed.
Ltac helper18 := match goal with
  | |- counts _ (follow _ _ _) => apply c_follow; [try lia | cbv beta]
  | |- _ => helper17
  end.
Ltac helper ::= helper18.
Lemma c_resolve n s kd r k : 0 <= n -> (forall v0 v1, counts n (k v0 v1)) -> counts n (resolve s kd r k).
Proof. intros N K. unfold resolve. count. Qed.
Lemma c_slot_clear s : counts 0 (slot_clear s). Proof. unfold slot_clear. count. Qed.
Lemma c_slot_is_free n s k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (slot_is_free s k).
Proof. intros N K. unfold slot_is_free. count. Qed.
Lemma c_cap_copy n s r b k : 0 <= n -> (forall v0 v1, counts n (k v0 v1)) -> counts n (cap_copy s r b k).
Proof. intros N K. unfold cap_copy. count. Qed.
Ltac helper19 := match goal with
  | |- counts _ (resolve _ _ _ _) => apply c_resolve; [try lia | cbv beta]
  | |- counts _ (slot_clear _) => apply zero; [apply c_slot_clear | try lia]
  | |- counts _ (slot_is_free _ _) => apply c_slot_is_free; [try lia | cbv beta]
  | |- counts _ (cap_copy _ _ _ _) => apply c_cap_copy; [try lia | cbv beta]
  | |- _ => helper18
  end.
Ltac helper ::= helper19.
Lemma c_slot_named n t x k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (slot_named t x k).
Proof. intros N K. unfold slot_named. count. Qed.
Ltac helper20 := match goal with
  | |- counts _ (slot_named _ _ _) => apply c_slot_named; [try lia | cbv beta]
  | |- _ => helper19
  end.
Ltac helper ::= helper20.
Lemma c_cap_get n t x kd r k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (cap_get t x kd r k).
Proof. intros N K. unfold cap_get. count. Qed.
Ltac helper21 := match goal with
  | |- counts _ (cap_get _ _ _ _ _) => apply c_cap_get; [try lia | cbv beta]
  | |- _ => helper20
  end.
Ltac helper ::= helper21.
Lemma c_cap_get_optional n t x kd r k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (cap_get_optional t x kd r k).
Proof. intros N K. unfold cap_get_optional. count. Qed.
Ltac helper22 := match goal with
  | |- counts _ (cap_get_optional _ _ _ _ _) => apply c_cap_get_optional; [try lia | cbv beta]
  | |- _ => helper21
  end.
Ltac helper ::= helper22.

(* ---- Messages *)
Lemma c_transfer_cap n a b x y k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (transfer_cap a b x y k).
Proof. intros N K. unfold transfer_cap. count. Qed.
Lemma c_deliver_fault a b : counts 0 (deliver_fault a b). Proof. unfold deliver_fault. count. Qed.
Lemma c_wait_in q t st : counts 0 (wait_in q t st). Proof. unfold wait_in. count. Qed.
Ltac helper23 := match goal with
  | |- counts _ (transfer_cap _ _ _ _ _) => apply c_transfer_cap; [try lia | cbv beta]
  | |- counts _ (deliver_fault _ _) => apply zero; [apply c_deliver_fault | try lia]
  | |- counts _ (wait_in _ _ _) => apply zero; [apply c_wait_in | try lia]
  | |- _ => helper22
  end.
Ltac helper ::= helper23.
Lemma c_transfer_caps a b x : counts 0 (transfer_caps a b x). Proof. unfold transfer_caps. count. Qed.
Lemma c_wait_at_endpoint e t st : counts 0 (wait_at_endpoint e t st). Proof. unfold wait_at_endpoint. count. Qed.
Ltac helper24 := match goal with
  | |- counts _ (transfer_caps _ _ _) => apply zero; [apply c_transfer_caps | try lia]
  | |- counts _ (wait_at_endpoint _ _ _) => apply zero; [apply c_wait_at_endpoint | try lia]
  | |- _ => helper23
  end.
Ltac helper ::= helper24.
Lemma c_deliver_message a b x : counts 0 (deliver_message a b x). Proof. unfold deliver_message. count. Qed.
Lemma c_run_or_ready t : counts 0 (run_or_ready t). Proof. unfold run_or_ready. count. Qed.
Ltac helper25 := match goal with
  | |- counts _ (deliver_message _ _ _) => apply zero; [apply c_deliver_message | try lia]
  | |- counts _ (run_or_ready _) => apply zero; [apply c_run_or_ready | try lia]
  | |- _ => helper24
  end.
Ltac helper ::= helper25.
Lemma c_owe_reply a b st : counts 1 (owe_reply a b st). Proof. unfold owe_reply. count. Qed.
Ltac helper26 := match goal with
  | |- counts _ (owe_reply _ _ _) => apply one; [apply c_owe_reply | try lia]
  | |- _ => helper25
  end.
Ltac helper ::= helper26.
Lemma c_send_to_receiver me e b w : counts 1 (send_to_receiver me e b w). Proof. unfold send_to_receiver. count. Qed.
Lemma c_receive_from_sender me e : counts 1 (receive_from_sender me e). Proof. unfold receive_from_sender. count. Qed.
Lemma c_take_bound_bits n t k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (take_bound_bits t k).
Proof. intros N K. unfold take_bound_bits. count. Qed.
Ltac helper27 := match goal with
  | |- counts _ (send_to_receiver _ _ _ _) => apply one; [apply c_send_to_receiver | try lia]
  | |- counts _ (receive_from_sender _ _) => apply one; [apply c_receive_from_sender | try lia]
  | |- counts _ (take_bound_bits _ _) => apply c_take_bound_bits; [try lia | cbv beta]
  | |- _ => helper26
  end.
Ltac helper ::= helper27.
Lemma c_receive_at me e b : counts 1 (receive_at me e b). Proof. unfold receive_at. count. Qed.
Lemma c_wait_notification me x b : counts 0 (wait_notification me x b). Proof. unfold wait_notification. count. Qed.
Lemma c_awaits_reply n c x k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (awaits_reply c x k).
Proof. intros N K. unfold awaits_reply. count. Qed.
Lemma c_ipc_wake_error t st w : counts 0 (ipc_wake_error t st w). Proof. unfold ipc_wake_error. count. Qed.
Ltac helper28 := match goal with
  | |- counts _ (receive_at _ _ _) => apply one; [apply c_receive_at | try lia]
  | |- counts _ (wait_notification _ _ _) => apply zero; [apply c_wait_notification | try lia]
  | |- counts _ (awaits_reply _ _ _) => apply c_awaits_reply; [try lia | cbv beta]
  | |- counts _ (ipc_wake_error _ _ _) => apply zero; [apply c_ipc_wake_error | try lia]
  | |- _ => helper27
  end.
Ltac helper ::= helper28.
Lemma c_answer_to f v me c : counts 0 (answer_to f v me c). Proof. unfold answer_to. count. Qed.
Lemma c_ipc_fault me : counts 1 (ipc_fault me). Proof. unfold ipc_fault. count. Qed.
Lemma c_ipc_wake_waiters n c k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (ipc_wake_waiters c k).
Proof. intros N K. unfold ipc_wake_waiters. count. Qed.
Ltac helper29 := match goal with
  | |- counts _ (answer_to _ _ _ _) => apply zero; [apply c_answer_to | try lia]
  | |- counts _ (ipc_fault _) => apply one; [apply c_ipc_fault | try lia]
  | |- counts _ (ipc_wake_waiters _ _) => apply c_ipc_wake_waiters; [try lia | cbv beta]
  | |- _ => helper28
  end.
Ltac helper ::= helper29.
Lemma c_answer_peer n me k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (answer_peer me k).
Proof. intros N K. unfold answer_peer. count. Qed.
Lemma c_answer_named n me s k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (answer_named me s k).
Proof. intros N K. unfold answer_named. count. Qed.
Lemma c_cancel_from n j b t k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (cancel_from j b t k).
Proof. intro N. revert t. induction j; intros t K; cbn [cancel_from]; [apply K |]. count. Qed.
Ltac helper30 := match goal with
  | |- counts _ (answer_peer _ _) => apply c_answer_peer; [try lia | cbv beta]
  | |- counts _ (answer_named _ _ _) => apply c_answer_named; [try lia | cbv beta]
  | |- counts _ (cancel_from _ _ _ _) => apply c_cancel_from; [try lia | cbv beta]
  | |- _ => helper29
  end.
Ltac helper ::= helper30.

(* ---- Budgets and pools *)
Lemma c_budget_settle b : counts 0 (budget_settle b). Proof. unfold budget_settle. count. Qed.
Lemma c_cell_take n q kd k : 1 <= n -> (forall v0, counts (n - 1) (k v0)) -> counts n (cell_take q kd k).
Proof. intros N K. unfold cell_take. count. Qed.
Lemma c_cell_release c : counts 0 (cell_release c). Proof. unfold cell_release. count. Qed.
Lemma c_frame_fill f a b c d : counts 0 (frame_fill f a b c d). Proof. unfold frame_fill. count. Qed.
Ltac helper31 := match goal with
  | |- counts _ (budget_settle _) => apply zero; [apply c_budget_settle | try lia]
  | |- counts _ (cell_take _ _ _) => apply c_cell_take; [try lia | cbv beta]
  | |- counts _ (cell_release _) => apply zero; [apply c_cell_release | try lia]
  | |- counts _ (frame_fill _ _ _ _ _) => apply zero; [apply c_frame_fill | try lia]
  | |- _ => helper30
  end.
Ltac helper ::= helper31.
Lemma c_budget_fill n b x y k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (budget_fill b x y k).
Proof. intros N K. unfold budget_fill. count. Qed.
Lemma c_add_free q f : counts 0 (add_free q f). Proof. unfold add_free. count. Qed.
Lemma c_add_free_large q f : counts 0 (add_free_large q f). Proof. unfold add_free_large. count. Qed.
Lemma c_frame_set_used q f kd : counts 1 (frame_set_used q f kd). Proof. unfold frame_set_used. count. Qed.
Ltac helper32 := match goal with
  | |- counts _ (budget_fill _ _ _ _) => apply c_budget_fill; [try lia | cbv beta]
  | |- counts _ (add_free _ _) => apply zero; [apply c_add_free | try lia]
  | |- counts _ (add_free_large _ _) => apply zero; [apply c_add_free_large | try lia]
  | |- counts _ (frame_set_used _ _ _) => apply one; [apply c_frame_set_used | try lia]
  | |- _ => helper31
  end.
Ltac helper ::= helper32.
Lemma c_frame_take n q kd k : 1 <= n -> (forall v0, counts (n - 1) (k v0)) -> counts n (frame_take q kd k).
Proof. intros N K. unfold frame_take. count. Qed.
Lemma c_frame_release f : counts 0 (frame_release f). Proof. unfold frame_release. count. Qed.
Lemma c_creation n me k : 0 <= n -> (forall v0 v1, counts n (k v0 v1)) -> counts n (creation me k).
Proof. intros N K. unfold creation. count. Qed.
Lemma c_grant to c r b kd : counts 0 (grant to c r b kd). Proof. unfold grant. count. Qed.
Lemma c_grant_frame to f : counts 0 (grant_frame to f). Proof. unfold grant_frame. count. Qed.
Lemma c_give_cell a b : counts 0 (give_cell a b). Proof. unfold give_cell. count. Qed.
Lemma c_give_frame a b : counts 0 (give_frame a b). Proof. unfold give_frame. count. Qed.
Lemma c_give_large a b : counts 0 (give_large a b). Proof. unfold give_large. count. Qed.
Lemma c_split_one q f : counts 0 (split_one q f). Proof. unfold split_one. count. Qed.
Ltac helper33 := match goal with
  | |- counts _ (frame_take _ _ _) => apply c_frame_take; [try lia | cbv beta]
  | |- counts _ (frame_release _) => apply zero; [apply c_frame_release | try lia]
  | |- counts _ (creation _ _) => apply c_creation; [try lia | cbv beta]
  | |- counts _ (grant _ _ _ _ _) => apply zero; [apply c_grant | try lia]
  | |- counts _ (grant_frame _ _) => apply zero; [apply c_grant_frame | try lia]
  | |- counts _ (give_cell _ _) => apply zero; [apply c_give_cell | try lia]
  | |- counts _ (give_frame _ _) => apply zero; [apply c_give_frame | try lia]
  | |- counts _ (give_large _ _) => apply zero; [apply c_give_large | try lia]
  | |- counts _ (split_one _ _) => apply zero; [apply c_split_one | try lia]
  | |- _ => helper32
  end.
Ltac helper ::= helper33.
Lemma c_create_large q to : counts 1 (create_large q to). Proof. unfold create_large. count. Qed.
Lemma c_pool_move_cell c to : counts 0 (pool_move_cell c to). Proof. unfold pool_move_cell. count. Qed.
Lemma c_pool_move_frame f to : counts 0 (pool_move_frame f to). Proof. unfold pool_move_frame. count. Qed.
Lemma c_pool_move_large f to : counts 0 (pool_move_large f to). Proof. unfold pool_move_large. count. Qed.
Lemma c_pool_split_step n q k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (pool_split_step q k).
Proof. intros N K. unfold pool_split_step. count. Qed.
Ltac helper34 := match goal with
  | |- counts _ (create_large _ _) => apply one; [apply c_create_large | try lia]
  | |- counts _ (pool_move_cell _ _) => apply zero; [apply c_pool_move_cell | try lia]
  | |- counts _ (pool_move_frame _ _) => apply zero; [apply c_pool_move_frame | try lia]
  | |- counts _ (pool_move_large _ _) => apply zero; [apply c_pool_move_large | try lia]
  | |- counts _ (pool_split_step _ _) => apply c_pool_split_step; [try lia | cbv beta]
  | |- _ => helper33
  end.
Ltac helper ::= helper34.

(* ---- Address spaces *)
Lemma c_mapped_frame n v k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (mapped_frame v k).
Proof. intros N K. unfold mapped_frame. count. Qed.
Lemma c_walk_down n j t a lv k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (walk_down j t a lv k).
Proof. intro N. revert t. induction j; intros t K; cbn [walk_down]; [apply K |]. count. Qed.
Lemma c_link_of n e k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (link_of e k).
Proof. intros N K. unfold link_of. count. Qed.
Ltac helper35 := match goal with
  | |- counts _ (mapped_frame _ _) => apply c_mapped_frame; [try lia | cbv beta]
  | |- counts _ (walk_down _ _ _ _ _) => apply c_walk_down; [try lia | cbv beta]
  | |- counts _ (link_of _ _) => apply c_link_of; [try lia | cbv beta]
  | |- _ => helper34
  end.
Ltac helper ::= helper35.
Lemma c_table_walk n t a lv k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (table_walk t a lv k).
Proof. intros N K. unfold table_walk. count. Qed.
Lemma c_link_entry e f : counts 0 (link_entry e f). Proof. unfold link_entry. count. Qed.
Lemma c_unlink_entry e f : counts 0 (unlink_entry e f). Proof. unfold unlink_entry. count. Qed.
Ltac helper36 := match goal with
  | |- counts _ (table_walk _ _ _ _) => apply c_table_walk; [try lia | cbv beta]
  | |- counts _ (link_entry _ _) => apply zero; [apply c_link_entry | try lia]
  | |- counts _ (unlink_entry _ _) => apply zero; [apply c_unlink_entry | try lia]
  | |- _ => helper35
  end.
Ltac helper ::= helper36.
Lemma c_clear_mapping e : counts 0 (clear_mapping e). Proof. unfold clear_mapping. count. Qed.
Lemma c_entry_for n t a lv k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (entry_for t a lv k).
Proof. intros N K. unfold entry_for. count. Qed.
Ltac helper37 := match goal with
  | |- counts _ (clear_mapping _) => apply zero; [apply c_clear_mapping | try lia]
  | |- counts _ (entry_for _ _ _ _) => apply c_entry_for; [try lia | cbv beta]
  | |- _ => helper36
  end.
Ltac helper ::= helper37.
Lemma c_frame_unmap_step n f k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (frame_unmap_step f k).
Proof. intros N K. unfold frame_unmap_step. count. Qed.
Lemma c_map_frame t f a fl lv : counts 0 (map_frame t f a fl lv). Proof. unfold map_frame. count. Qed.
Lemma c_map_device t f o a fl : counts 0 (map_device t f o a fl). Proof. unfold map_device. count. Qed.
Lemma c_run_get n me k : 0 <= n -> (forall v0 v1 v2, counts n (k v0 v1 v2)) -> counts n (run_get me k).
Proof. intros N K. unfold run_get. count. Qed.
Lemma c_flags_missing n j i t a b c d k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (flags_missing j i t a b c d k).
Proof. intro N. revert i d. induction j; intros i d K; cbn [flags_missing]; [apply K |]. count. Qed.
Lemma c_user_entries n t k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (user_entries t k).
Proof. intros N K. unfold user_entries. count. Qed.
Lemma c_all_empty n j i t f k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (all_empty j i t f k).
Proof. intro N. revert i k. induction j; intros i k K; cbn [all_empty]; [apply K |]. count. apply IHj. intro. apply K. Qed.
Lemma c_cut_off t : counts 0 (cut_off t). Proof. unfold cut_off. count. Qed.
Lemma c_release_table t : counts 0 (release_table t). Proof. unfold release_table. count. Qed.
Ltac helper38 := match goal with
  | |- counts _ (frame_unmap_step _ _) => apply c_frame_unmap_step; [try lia | cbv beta]
  | |- counts _ (map_frame _ _ _ _ _) => apply zero; [apply c_map_frame | try lia]
  | |- counts _ (map_device _ _ _ _ _) => apply zero; [apply c_map_device | try lia]
  | |- counts _ (run_get _ _) => apply c_run_get; [try lia | cbv beta]
  | |- counts _ (flags_missing _ _ _ _ _ _ _ _) => apply c_flags_missing; [try lia | cbv beta]
  | |- counts _ (user_entries _ _) => apply c_user_entries; [try lia | cbv beta]
  | |- counts _ (all_empty _ _ _ _ _) => apply c_all_empty; [try lia | cbv beta]
  | |- counts _ (cut_off _) => apply zero; [apply c_cut_off | try lia]
  | |- counts _ (release_table _) => apply zero; [apply c_release_table | try lia]
  | |- _ => helper37
  end.
Ltac helper ::= helper38.
Lemma c_space_add_table t q a lv : counts 2 (space_add_table t q a lv). Proof. unfold space_add_table. count. Qed.
Lemma c_scan_step n j t k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (scan_step j t k).
Proof. intro N. revert t. induction j; intros t K; cbn [scan_step]; [apply K |]. count. Qed.
Ltac helper39 := match goal with
  | |- counts _ (space_add_table _ _ _ _) => apply two; [apply c_space_add_table | try lia]
  | |- counts _ (scan_step _ _ _) => apply c_scan_step; [try lia | cbv beta]
  | |- _ => helper38
  end.
Ltac helper ::= helper39.
Lemma c_scan_down n j t k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (scan_down j t k).
Proof. intro N. revert t. induction j; intros t K; cbn [scan_down]; [apply K |]. count. Qed.
Ltac helper40 := match goal with
  | |- counts _ (scan_down _ _ _) => apply c_scan_down; [try lia | cbv beta]
  | |- _ => helper39
  end.
Ltac helper ::= helper40.
Lemma c_table_destroy_step n t k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (table_destroy_step t k).
Proof. intros N K. unfold table_destroy_step. count. Qed.
Ltac helper41 := match goal with
  | |- counts _ (table_destroy_step _ _) => apply c_table_destroy_step; [try lia | cbv beta]
  | |- _ => helper40
  end.
Ltac helper ::= helper41.

(* ---- Threads and tasks *)
Lemma c_join_task t k : counts 0 (join_task t k). Proof. unfold join_task. count. Qed.
Lemma c_forget_fpu t : counts 0 (forget_fpu t). Proof. unfold forget_fpu. count. Qed.
Lemma c_leave_task t : counts 0 (leave_task t). Proof. unfold leave_task. count. Qed.
Lemma c_on_thread n me r k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (on_thread me r k).
Proof. intros N K. unfold on_thread. count. Qed.
Lemma c_start_registers t a b c : counts 0 (start_registers t a b c). Proof. unfold start_registers. count. Qed.
Lemma c_unbind t : counts 0 (unbind t). Proof. unfold unbind. count. Qed.
Lemma c_bindable n x t k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (bindable x t k).
Proof. intros N K. unfold bindable. count. Qed.
Ltac helper42 := match goal with
  | |- counts _ (join_task _ _) => apply zero; [apply c_join_task | try lia]
  | |- counts _ (forget_fpu _) => apply zero; [apply c_forget_fpu | try lia]
  | |- counts _ (leave_task _) => apply zero; [apply c_leave_task | try lia]
  | |- counts _ (on_thread _ _ _) => apply c_on_thread; [try lia | cbv beta]
  | |- counts _ (start_registers _ _ _ _) => apply zero; [apply c_start_registers | try lia]
  | |- counts _ (unbind _) => apply zero; [apply c_unbind | try lia]
  | |- counts _ (bindable _ _ _) => apply c_bindable; [try lia | cbv beta]
  | |- _ => helper41
  end.
Ltac helper ::= helper42.
Lemma c_thread_create n q t l k : 2 <= n -> (forall v0, counts (n - 2) (k v0)) -> counts n (thread_create q t l k).
Proof. intros N K. unfold thread_create. count. Qed.
Lemma c_thread_destroy_step n t k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (thread_destroy_step t k).
Proof. intros N K. unfold thread_destroy_step. count. Qed.
Lemma c_inspect n me r x k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (inspect me r x k).
Proof. intros N K. unfold inspect. count. Qed.
Ltac helper43 := match goal with
  | |- counts _ (thread_create _ _ _ _) => apply c_thread_create; [try lia | cbv beta]
  | |- counts _ (thread_destroy_step _ _) => apply c_thread_destroy_step; [try lia | cbv beta]
  | |- counts _ (inspect _ _ _ _) => apply c_inspect; [try lia | cbv beta]
  | |- _ => helper42
  end.
Ltac helper ::= helper43.
Lemma c_task_create n q k : 3 <= n -> (forall v0, counts (n - 3) (k v0)) -> counts n (task_create q k).
Proof. intros N K. unfold task_create. count. Qed.
Lemma c_task_remove_leaf f : counts 0 (task_remove_leaf f). Proof. unfold task_remove_leaf. count. Qed.
Ltac helper44 := match goal with
  | |- counts _ (task_create _ _) => apply c_task_create; [try lia | cbv beta]
  | |- counts _ (task_remove_leaf _) => apply zero; [apply c_task_remove_leaf | try lia]
  | |- _ => helper43
  end.
Ltac helper ::= helper44.
Lemma c_task_destroy_step n t k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (task_destroy_step t k).
Proof. intros N K. unfold task_destroy_step. count. Qed.
Ltac helper45 := match goal with
  | |- counts _ (task_destroy_step _ _) => apply c_task_destroy_step; [try lia | cbv beta]
  | |- _ => helper44
  end.
Ltac helper ::= helper45.

(* ---- Destruction *)
Lemma c_destroy_waiters n c k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (destroy_waiters c k).
Proof. intros N K. unfold destroy_waiters. count. Qed.
Lemma c_budget_destroy_step n c k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (budget_destroy_step c k).
Proof. intros N K. unfold budget_destroy_step. count. Qed.
Lemma c_destroy_irq n c k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (destroy_irq c k).
Proof. intros N K. unfold destroy_irq. count. Qed.
Lemma c_destroy_pool n c k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (destroy_pool c k).
Proof. intros N K. unfold destroy_pool. count. Qed.
Lemma c_data_destroy_step n f k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (data_destroy_step f k).
Proof. intros N K. unfold data_destroy_step. count. Qed.
Lemma c_names_member n c q k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (names_member c q k).
Proof. intros N K. unfold names_member. count. Qed.
Ltac helper46 := match goal with
  | |- counts _ (destroy_waiters _ _) => apply c_destroy_waiters; [try lia | cbv beta]
  | |- counts _ (budget_destroy_step _ _) => apply c_budget_destroy_step; [try lia | cbv beta]
  | |- counts _ (destroy_irq _ _) => apply c_destroy_irq; [try lia | cbv beta]
  | |- counts _ (destroy_pool _ _) => apply c_destroy_pool; [try lia | cbv beta]
  | |- counts _ (data_destroy_step _ _) => apply c_data_destroy_step; [try lia | cbv beta]
  | |- counts _ (names_member _ _ _) => apply c_names_member; [try lia | cbv beta]
  | |- _ => helper45
  end.
Ltac helper ::= helper46.
Lemma c_cell_destroy_step n c k : 0 <= n -> (forall v0, counts n (k v0)) -> counts n (cell_destroy_step c k).
Proof. intros N K. unfold cell_destroy_step. count. Qed.
Lemma c_frame_destroy_step f : counts 0 (frame_destroy_step f). Proof. unfold frame_destroy_step. count. Qed.
Ltac helper47 := match goal with
  | |- counts _ (cell_destroy_step _ _) => apply c_cell_destroy_step; [try lia | cbv beta]
  | |- counts _ (frame_destroy_step _) => apply zero; [apply c_frame_destroy_step | try lia]
  | |- _ => helper46
  end.
Ltac helper ::= helper47.

Lemma c_by_level n j lv (a : nat -> Act) : 0 <= n -> (forall l, counts n (a l)) -> counts n (by_level j lv a).
Proof. intros N K. induction j; cbn [by_level]; count. Qed.
Ltac levels := match goal with
  | |- counts _ (by_level _ _ _) => apply c_by_level; [try lia | cbv beta]
  | |- _ => helper47
  end.
Ltac helper ::= levels.

(* ---- every operation, and every entry *)

Lemma dispatch (l : list (N * (Z -> @Act State))) operation me : Forall (fun no => counts 4 (snd no me)) l ->
  counts 4 (fold_right (fun (no : N * (Z -> Act)) rest => cond (operation =? Z.of_N (fst no)) (snd no me) rest) (answer (Z.of_N E_OPERATION)) l).
Proof.
  induction 1 as [| no l C _ IH]; cbn [fold_right]; [unfold answer; count |]. apply counts_cond; [exact C | exact IH].
Qed.

Theorem operations_count me : Forall (fun no => counts 4 (snd no me)) operations.
Proof. unfold operations. repeat (apply Forall_cons; [cbn [snd]; solve [count] |]). apply Forall_nil. Qed.

Lemma c_perform me operation : counts 4 (perform me operation).
Proof. unfold perform. apply dispatch, operations_count. Qed.
Opaque operations perform.
Lemma c_load t x y z l : counts 0 (load t x y z l). Proof. unfold load. count. Qed.
Lemma c_fault me c a d : counts 1 (fault me c a d). Proof. unfold fault. count. Qed.
Lemma then4 n m a b : counts n a -> counts 0 b -> n <= m -> counts m (andthen a b).
Proof. intros A B L. apply counts_more with (n := n + 0); [apply counts_andthen; [assumption | assumption | lia] | lia]. Qed.

Ltac entries := match goal with
  | |- counts _ (perform _ _) => apply c_perform
  | |- counts _ (load _ _ _ _ _) => apply zero; [apply c_load | lia]
  | |- counts _ (fault _ _ _ _) => apply one; [apply c_fault | lia]
  | |- counts 4 (andthen _ _) => apply then4 with (n := 4); [solve [count] | solve [count] | lia]
  | |- _ => levels
  end.
Ltac helper ::= entries.
Lemma c_redirect me : counts 1 (redirect me). Proof. unfold redirect, redirection. count. Qed.
Lemma c_trap_syscall : counts 4 trap_syscall. Proof. unfold trap_syscall. count. Qed.
Ltac at_trap := match goal with
  | |- counts _ trap_syscall => apply c_trap_syscall
  | |- counts _ (fast_endpoint _ _ _ _) => unfold fast_endpoint
  | |- _ => entries
  end.
Ltac helper ::= at_trap.
Lemma c_fast_call me x slow : counts 4 slow -> counts 4 (fast_call me x slow).
Proof. intro SLOW. unfold fast_call. count. Qed.
Lemma c_fast_reply_recv me x slow : counts 4 slow -> counts 4 (fast_reply_recv me x slow).
Proof. intro SLOW. unfold fast_reply_recv. count. Qed.

(* What can happen: a system call, a fault, an interrupt. *)
Inductive event := Call (x : message Z) | Fault (cause address code : Z) | Interrupt (timer : bool) (lines : list Z).
Definition entry_of (e : event) : @Act State :=
  match e with
  | Call x => system_call x
  | Fault c a d => trap_fault c a d
  | Interrupt t l => trap_interrupt t l
  end.

Theorem entries_count e : counts 4 (entry_of e).
Proof.
  destruct e; cbn [entry_of].
  - unfold system_call. repeat (apply counts_bind || (apply counts_read; intro) || (unfold reg, task_of; cbv beta)).
    assert (counts 4 (andthen (load v (m_operation x) (m_slot x) (m_tag x) (m_words x)) trap_syscall))
      by (apply then0; [apply c_load | apply c_trap_syscall | lia]).
    repeat apply counts_cond; try assumption; [apply c_fast_call | apply c_fast_reply_recv]; assumption.
  - unfold trap_fault. count.
  - unfold trap_interrupt, interrupt_timer, make_full. count.
Qed.
End Fresh.

(* ---- over any run.  Between two entries user level, the port and time change registers, data and the clock. *)
Definition user_moves (s s' : State) : Prop := forall f, match f with register | data | time => True | _ => s' f = s f end.

Inductive run (port : Port Z bool State) : State -> nat -> State -> Prop :=
| run_stops s : run port s 0 s
| run_on s s1 n s2 e : user_moves s s1 -> run port (entry_of e s1) n s2 -> run port s (S n) s2.

Theorem run_numbered port s n s' : run port s n s' -> 0 <= s next_id 0 -> s next_id 0 + 4 * Z.of_nat n < 2 ^ 63 -> numbered s ->
  s next_id 0 <= s' next_id 0 /\ numbered s'.
Proof.
  induction 1 as [s | s s1 n s2 e U R IH]; intros N L H; [split; [lia | assumption] |].
  assert (H1 : numbered s1) by (unfold numbered in *; rewrite (U cell_id), (U thread_call), (U next_id); assumption).
  destruct (entries_count e s1) as [A B]; rewrite ?(U next_id) in *; [assumption | lia | assumption |].
  destruct IH as [C D]; [lia | lia | assumption |]. split; [lia | assumption].
Qed.

(* The next number is nothing's: no cell has it as its id, dying or not, and no call is called so. *)
Theorem next_is_fresh s : numbered s -> 0 <= s next_id 0 < 2 ^ 63 - 1 ->
  forall i, let next := s next_id 0 + 1 in
  s cell_id i <> next /\ s cell_id i <> Z.lor next (2 ^ 63) /\ s thread_call i <> next.
Proof.
  intros [H1 H2] B i. cbn zeta. destruct (H1 i) as [_ D]. specialize (H2 i). repeat split; [intro E | intro E | lia].
  - rewrite E, ldiff_below in D; lia.
  - rewrite E in D. replace (Z.ldiff (Z.lor (s next_id 0 + 1) (2 ^ 63)) (2 ^ 63)) with (s next_id 0 + 1) in D; [lia |].
    rewrite <- (ldiff_below (s next_id 0 + 1)) at 1 by lia. apply Z.bits_inj'. intros n N.
    rewrite !Z.ldiff_spec, Z.lor_spec. destruct (Z.testbit (2 ^ 63) n); now rewrite ?andb_false_r, ?orb_false_r.
Qed.
Print Assumptions run_numbered.
Print Assumptions next_is_fresh.
