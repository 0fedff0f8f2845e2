(* Lists of what a pool owns (kernel/list.h): as queues, but members do not know their list. *)
From Isthmus Require Export language.

(* Which columns are the ends and the links. *)
Record links := Links { ends_head : field; ends_tail : field; link_forward : field; link_back : field }.
Definition cells_of := Links cell_head cell_tail cold_pool_next cold_pool_prev.
Definition frames_of := Links pool_frame_head pool_frame_tail frame_next frame_prev.
Definition large_of := Links pool_large_head pool_large_tail frame_next frame_prev.

Section Lists.
Context {W B S : Type} {m : Machine W B S}.
Implicit Type l : links.

Definition list_remove l (owner x : W) : Act :=
  next <- link_forward l @ x;
  prev <- link_back l @ x;
  IF prev != #0 THEN link_forward l @ prev := next ELSE ends_head l @ owner := next FI ;;
  IF next != #0 THEN link_back l @ next := prev ELSE ends_tail l @ owner := prev FI ;;
  link_forward l @ x := #0 ;;
  link_back l @ x := #0.

Definition list_push l (owner x : W) : Act :=              (* in front *)
  head <- ends_head l @ owner;
  link_back l @ x := #0 ;;
  link_forward l @ x := head ;;
  IF head != #0 THEN link_back l @ head := x ELSE ends_tail l @ owner := x FI ;;
  ends_head l @ owner := x.

Definition list_append l (owner x : W) : Act :=
  tail <- ends_tail l @ owner;
  link_forward l @ x := #0 ;;
  link_back l @ x := tail ;;
  IF tail != #0 THEN link_forward l @ tail := x ELSE ends_head l @ owner := x FI ;;
  ends_tail l @ owner := x.
End Lists.
