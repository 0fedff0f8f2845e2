(* Address spaces (kernel/space.c): page tables, and the links from a frame to the entries that map it.  What an entry looks
   like is the port's.  That translations are forgotten when an entry changes is not modelled here. *)
From Isthmus Require Export pool.

Section Space.
Context {W B S : Type} {m : Machine W B S} {p : Port W B S}.

Definition in_table (e : W) : W := e >> #9.                 (* the table's frame *)
Definition index_in_table (address level : W) : W :=
  (address >> (#PAGE_BITS + ite (level == #1) #0 (ite (level == #2) #9 (ite (level == #3) #18 #27)))) .& #511.
Definition entry_in (table index : W) : W := (table << #9) .| index.

(* The frame that a present mapping names; nil if it is a device's page. *)
Definition mapped_frame (v : W) (k : W -> Act) : Act :=
  let f := entry_target v - ram_page in
  count <- frame_count @ #0;
  kind <- frame_kind @ f;
  k (ite ((f < count) && (kind == #FRAME_DATA)) f #0).

(* From table t, n levels above the one wanted, down to it; nil if one is missing. *)
Fixpoint walk_down (n : nat) (t address level : W) (k : W -> Act) : Act :=
  match n with
  | O => k t
  | Datatypes.S n' =>
      let down := #(N.of_nat n) + level in
      v <- entry @ (entry_in t (index_in_table address down));
      IF entry_present v && entry_is_table v THEN walk_down n' (entry_target v - ram_page) address level k
      ELSE k #0 FI
  end.
Definition table_walk (task address : W) (level : nat) (k : W -> Act) : Act :=
  root <- task_table @ task;
  walk_down (levels - level) root address #(N.of_nat level) k.

(* ---- mappings: a frame's are a list, through the links beside each table *)
Definition link_of (e : W) (k : W -> Act) : Act :=          (* index of the entry's links *)
  l <- frame_id @ (in_table e);
  k ((l << #9) + (e .& #511)).

Definition link_entry (e f : W) : Act :=
  old <- frame_map @ f;
  at_e <- link_of e;
  at_old <- link_of old;
  link_next @ at_e := old ;;
  link_prev @ at_e := #0 ;;
  IF old != #0 THEN link_prev @ at_old := e FI ;;
  frame_map @ f := e.

Definition unlink_entry (e f : W) : Act :=
  at_e <- link_of e;
  next <- link_next @ at_e;
  prev <- link_prev @ at_e;
  at_next <- link_of next;
  at_prev <- link_of prev;
  IF prev != #0 THEN link_next @ at_prev := next ELSE frame_map @ f := next FI ;;
  IF next != #0 THEN link_prev @ at_next := prev FI ;;
  link_next @ at_e := #0 ;;
  link_prev @ at_e := #0.

Definition clear_mapping (e : W) : Act :=
  v <- entry @ e;
  f <- mapped_frame v;
  entry @ e := #0 ;;
  IF f != #0 THEN unlink_entry e f FI.

(* One step: removes up to 16 mappings of a frame. *)
Definition frame_unmap_step (f : W) (k : W -> Act) : Act :=
  repeat (N.to_nat STEP) (e <- frame_map @ f; IF e != #0 THEN clear_mapping e FI) ;;
  e <- frame_map @ f;
  k (ite (e == #0) #OK #E_MORE).

(* The free entry for a mapping at an address. *)
Definition entry_for (task address : W) (level : nat) (k : W -> Act) : Act :=
  t <- table_walk task address level;
  let e := entry_in t (index_in_table address #(N.of_nat level)) in
  v <- entry @ e;
  REQUIRE t != #0 OR E_TABLE;
  REQUIRE !(entry_present v) OR E_BUSY;
  k e.

Definition map_frame (task f address flags : W) (level : nat) : Act :=
  e <- entry_for task address level;
  answer #OK ;;
  entry @ e := entry_page (ram_page + f) flags #(N.of_nat level) ;;
  link_entry e f.

Definition map_device (task device offset address flags : W) : Act :=
  base <- device_base @ device;
  e <- entry_for task address 1;
  answer #OK ;;
  entry @ e := entry_page ((base + offset) >> #PAGE_BITS) (flags .| #MAP_DEVICE) #1.

Definition flags_valid (flags : W) : B :=
  (flags < #(2 * MAP_DEVICE)) && ((flags .& #MAP_READ) != #0) && ((flags .& #(MAP_WRITE + MAP_EXECUTE)) != #(MAP_WRITE + MAP_EXECUTE)).

Definition range_valid (address bytes : W) : B :=
  (address >= #PAGE) && (address < #USER_LIMIT) && (bytes <= (#USER_LIMIT - address)).

Definition op_task_map (me : W) : Act :=
  slot <- me ~> SLOT; n <- me ~> (WORD 0); address <- me ~> (WORD 1); flags <- me ~> (WORD 2); offset <- me ~> (WORD 3);
  task <- cap_get me slot KIND_TASK R_MANAGE;
  page <- cap_get me n KIND_NULL 0;
  order <- frame_order @ (object_of page);
  ports <- device_ports @ (object_of page);
  device_bytes <- device_size @ (object_of page);
  let is_frame := kind_of page == #KIND_FRAME in
  let large := is_frame && (order != #0) in
  let size := ite large #(2 ^ LARGE_BITS) #PAGE in
  REQUIRE is_frame || (kind_of page == #KIND_DEVICE) OR E_KIND;
  REQUIRE flags_valid flags && ((address .& (size - #1)) == #0) && ((offset .& #(PAGE - 1)) == #0) && range_valid address size OR E_ARGUMENT;
  REQUIRE ((flags .\ #MAP_DEVICE) .\ rights_of page) == #0 OR E_RIGHT;
  IF is_frame THEN
    REQUIRE offset == #0 OR E_ARGUMENT;
    IF large THEN map_frame (object_of task) (object_of page) address flags 2
    ELSE map_frame (object_of task) (object_of page) address flags 1 FI
  ELSE
    REQUIRE (ports == #0) && (offset < device_bytes) OR E_ARGUMENT;
    map_device (object_of task) (object_of page) offset address flags
  FI.

(* A run of entries in one table of level 1; a large mapping counts as the one entry of its table of level 2. *)
Definition run_get (me : W) (k : W -> W -> W -> Act) : Act :=
  slot <- me ~> SLOT; address <- me ~> (WORD 0); pages <- me ~> (WORD 1);
  task <- cap_get me slot KIND_TASK R_MANAGE;
  REQUIRE ((address .& #(PAGE - 1)) == #0) && (pages != #0) && (pages <= #STEP) && range_valid address (pages << #PAGE_BITS) OR E_ARGUMENT;
  low <- table_walk (object_of task) address 1;
  middle <- table_walk (object_of task) address 2;
  let is_large := (low == #0) && ((address .& #(2 ^ LARGE_BITS - 1)) == #0) in
  let table := ite (low != #0) low (ite is_large middle #0) in
  let first := index_in_table address (ite (low != #0) #1 #2) in
  let count := ite (low != #0) pages #1 in
  REQUIRE table != #0 OR E_TABLE;
  REQUIRE (first + count) <= #512 OR E_ARGUMENT;
  k table first count.

(* An entry of a table of level 2 may refer to a table. *)
Definition is_mapping (v : W) : B := entry_present v && !(entry_is_table v).

Definition op_task_unmap (me : W) : Act :=
  run_get me (fun table first count =>
  answer #OK ;;
  for_each (N.to_nat STEP) 0 (fun i =>
    v <- entry @ (entry_in table (first + i));
    IF (i < count) && is_mapping v THEN clear_mapping (entry_in table (first + i)) FI)).

(* Flags that the run's mappings, from the i-th on, do not all have. *)
Fixpoint flags_missing (n : nat) (i : N) (table first count flags missing : W) (k : W -> Act) : Act :=
  match n with
  | O => k missing
  | Datatypes.S n' =>
      v <- entry @ (entry_in table (first + #i));
      flags_missing n' (i + 1) table first count flags
        (ite ((#i < count) && is_mapping v) (missing .| (flags .\ entry_flags v)) missing) k
  end.

Definition op_task_protect (me : W) : Act :=
  flags <- me ~> (WORD 2);
  run_get me (fun table first count =>
  REQUIRE flags_valid flags OR E_ARGUMENT;
  missing <- flags_missing (N.to_nat STEP) 0 table first count flags #0;
  level <- frame_order @ table;
  REQUIRE missing == #0 OR E_RIGHT;
  answer #OK ;;
  for_each (N.to_nat STEP) 0 (fun i =>
    v <- entry @ (entry_in table (first + i));
    IF (i < count) && is_mapping v THEN
      entry @ (entry_in table (first + i)) := entry_page (entry_target v) (flags .| (entry_flags v .& #MAP_DEVICE)) level
    FI)).

(* ---- tables.  One of level 1 or 2 takes two frames: the entries, and their links. *)
Definition space_add_table (task pool address : W) (level : nat) : Act :=
  let linked := Nat.leb level 2 in
  up <- entry_for task address (Datatypes.S level);
  free <- pool_free_frames @ pool;
  REQUIRE free >= #(if linked then 2 else 1) OR E_MEMORY;
  t <- frame_take pool FRAME_TABLE;
  answer #OK ;;
  frame_id @ t := #0 ;;
  (if linked then
    l <- frame_take pool FRAME_LINKS;
    frame_id @ t := l ;;
    frame_owner @ l := t
  else skip) ;;
  frame_owner @ t := task ;;
  frame_order @ t := #(N.of_nat level) ;;
  frame_map @ t := up ;;
  entry @ up := entry_table (ram_page + t).

(* A: for the level that the word names, or the last one. *)
Fixpoint by_level (n : nat) (level : W) (a : nat -> Act) : Act :=
  match n with
  | O => skip
  | Datatypes.S n' => IF level == #(N.of_nat n) THEN a n ELSE by_level n' level a FI
  end.

Definition op_task_table (me : W) : Act :=
  slot <- me ~> SLOT; n <- me ~> (WORD 0); address <- me ~> (WORD 1); level <- me ~> (WORD 2);
  task <- cap_get me slot KIND_TASK R_MANAGE;
  pool <- cap_get me n KIND_POOL R_MANAGE;
  REQUIRE (level != #0) && (level < #(N.of_nat levels)) && (address < #USER_LIMIT) OR E_ARGUMENT;
  by_level (levels - 1) level (fun l => space_add_table (object_of task) (object_of pool) address l).

(* ---- destruction of a table and all below it: it is cut off first, then emptied from the lowest level up *)
Definition cut_off (table : W) : Act :=
  up <- frame_map @ table;
  IF up != #0 THEN entry @ up := #0 FI ;;
  frame_map @ table := #0 ;;
  frame_owner @ table := #0.

Definition release_table (table : W) : Act :=
  l <- frame_id @ table;
  IF l != #0 THEN frame_release l FI ;;
  frame_release table.

(* Entries that are user level's: of the root only the first half. *)
Definition user_entries (table : W) (k : W -> Act) : Act :=
  level <- frame_order @ table;
  k (ite (level == #(N.of_nat levels)) #256 #512).

(* Eight entries that are looked at together, since most of a table is empty. *)
Fixpoint all_empty (n : nat) (i : N) (table first : W) (k : B -> Act) : Act :=
  match n with
  | O => k (#0 == #0)
  | Datatypes.S n' => v <- entry @ (entry_in table (first + #i)); all_empty n' (i + 1) table first (fun rest => k ((v == #0) && rest))
  end.

(* Looks at up to n entries, or groups of them, from where the table's scan stopped; at one that refers to a table it stops and
   gives that table, nil when the step is done. *)
Fixpoint scan_step (n : nat) (table : W) (k : W -> Act) : Act :=
  match n with
  | O => k #0
  | Datatypes.S n' =>
      scan <- frame_scan @ table;
      last <- user_entries table;
      v <- entry @ (entry_in table scan);
      empty <- all_empty 8 0 table scan;
      IF scan >= last THEN k #0
      ELSE IF ((scan .& #7) == #0) && empty THEN
        frame_scan @ table := (scan + #8) ;;
        scan_step n' table k
      ELSE IF entry_present v && entry_is_table v THEN k (entry_target v - ram_page)
      ELSE
        IF entry_present v THEN clear_mapping (entry_in table scan) FI ;;
        frame_scan @ table := (scan + #1) ;;
        scan_step n' table k
      FI FI FI
  end.
Fixpoint scan_down (n : nat) (t : W) (k : W -> Act) : Act :=
  match n with
  | O => k t
  | Datatypes.S n' => scan_step 64 t (fun below => IF below == #0 THEN k t ELSE scan_down n' below k FI)
  end.

Definition table_destroy_step (table : W) (k : W -> Act) : Act :=
  owner <- frame_owner @ table;
  IF owner != #0 THEN cut_off table FI ;;
  t <- scan_down levels table;
  scan <- frame_scan @ t;
  last <- user_entries t;
  up <- frame_map @ t;
  IF scan < last THEN k #E_MORE
  ELSE
    IF up != #0 THEN entry @ up := #0 FI ;;
    release_table t ;;
    k (ite (t == table) #OK #E_MORE)
  FI.

Definition op_frame_info (me : W) : Act :=
  slot <- me ~> SLOT;
  c <- cap_get me slot KIND_FRAME R_MANAGE;
  order <- frame_order @ (object_of c);
  answer #OK ;;
  me ~> (WORD 0) := (ram_page + object_of c) << #PAGE_BITS ;;
  me ~> (WORD 1) := ite (order != #0) #(2 ^ LARGE_BITS) #PAGE.
End Space.
