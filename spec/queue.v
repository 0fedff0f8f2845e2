(* Queues of threads (kernel/queue.c): doubly linked, the ends in the cell that is waited for. *)
From Isthmus Require Export language.

Section Queue.
Context {W B S : Type} {m : Machine W B S}.

Definition queue_append (q t : W) : Act :=
  tail <- cell_tail @ q;
  cell_own @ t := q ;;
  cell_next @ t := #0 ;;
  cell_prev @ t := tail ;;
  IF tail != #0 THEN cell_next @ tail := t ELSE cell_head @ q := t FI ;;
  cell_tail @ q := t.

Definition queue_unlink (t : W) : Act :=
  q <- cell_own @ t;
  next <- cell_next @ t;
  prev <- cell_prev @ t;
  IF prev != #0 THEN cell_next @ prev := next ELSE cell_head @ q := next FI ;;
  IF next != #0 THEN cell_prev @ next := prev ELSE cell_tail @ q := prev FI ;;
  cell_next @ t := #0 ;;
  cell_prev @ t := #0 ;;
  cell_own @ t := #0.
End Queue.
