/* LT_FP(name, where it is): the crash points of the ack path and more. C14
 * (backups), C16 (change of keys) and C18 (another parent) come with what they
 * are points of; a row that no code meets is refused by tests/boundary.
 * LT_PLANT(name, the bug it plants): bugs that a test must find. */
#ifndef LT_FP
#define LT_FP(name, where)
#endif
#ifndef LT_PLANT
#define LT_PLANT(name, bug)
#endif

LT_FP(C1, "a frame was received")
LT_FP(C2, "a segment was verified")
LT_FP(C3, "the write transaction was begun")
LT_FP(C4, "segments were inserted")
LT_FP(C5, "cursor and request ids were updated in the same transaction")
LT_FP(C6, "the WAL was written and is not synced")
LT_FP(C7, "synced, COMMIT returned")
LT_FP(C8, "an ack is about to be handed to the socket")
LT_FP(C9, "an ack is on the wire")
LT_FP(C10, "an ack was received")
LT_FP(C11, "the answer to a client is about to be sent")
LT_FP(C12, "a checkpoint is copying pages")
LT_FP(C13, "the WAL was reset")
LT_FP(C15, "one step of a migration was done")
LT_FP(C17, "the first segment of an epoch was written and not yet sent")
LT_FP(accept, "the control socket accepted a client")
LT_FP(command, "a command was received")
LT_FP(view_apply, "the view begins to apply a batch")
LT_FP(view_commit, "the view committed a batch")
LT_FP(view_twin, "a batch went into a view that is built anew")
LT_FP(view_replace, "the old view is gone, the new one not yet in its place")
LT_FP(admit, "a parent is about to write the binding of a new office")
LT_FP(gate, "the gate thread answers a request")
LT_FP(join_asked, "join has kept its keys and is about to ask")
LT_FP(join_answered, "join was admitted and has written nothing of it")
LT_FP(join_written, "join has written the identity beside its place")
LT_FP(join_placed, "join has put the identity into its place")

LT_PLANT(ack_before_commit, "acknowledge what is not committed")
LT_PLANT(cursor_second_txn, "write the cursor in a transaction of its own")
LT_PLANT(forget_tried, "keep nothing of what was tried with a neighbour")
LT_PLANT(sync_normal, "open the log with synchronous=NORMAL")
LT_PLANT(skip_epoch_check, "take a segment whatever its epoch goes on from")
LT_PLANT(skip_chain_check, "prove a piece by its first signature alone")
LT_PLANT(skip_signature, "store segments unproven")
LT_PLANT(skip_payload_hash, "leave the payload out of the proof")
LT_PLANT(drop_branch, "forget the tip that a new branch leaves behind")
LT_PLANT(reuse_epoch, "go on with the last epoch after a start")
LT_PLANT(ignore_requests, "forget request ids over a restart")
LT_PLANT(order_by_arrival, "fold events as they arrive")
LT_PLANT(skip_parts, "take texts that are not those whose hash was signed")
LT_PLANT(ignore_gap, "take what goes on from something else")
LT_PLANT(trust_hello, "take a hello whoever signed it")
LT_PLANT(ignore_text, "do not tell when a text cannot be read")
LT_PLANT(skip_whole, "call a large part here without checking its hash")
LT_PLANT(step_voids, "leave standing what an entry took back")
LT_PLANT(any_check_sign, "read a receipt code whatever its check sign")
LT_PLANT(empty_first, "empty a view before it is built anew")
LT_PLANT(lose_parts, "forward segments without their texts")
LT_PLANT(store_repeated, "store what is held already once more")
LT_PLANT(never_resend, "send only what is new")
LT_PLANT(window_unbounded, "send whatever waits, whoever is urgent")
LT_PLANT(take_erased, "take a text again that was erased")
LT_PLANT(quota_off, "let every urgent event go ahead")
LT_PLANT(keep_credit, "never give back the window of a lost session")

#undef LT_FP
#undef LT_PLANT
