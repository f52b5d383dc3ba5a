/** More commands wait than may. Nothing was done; the same command may be sent again a little later. */
export class EngineOverloaded extends Error {
  override readonly name = "EngineOverloaded";
}

/** The database can't be reached, or does not come to a commit. What became of the command is not known; it may be sent
 *  again. */
export class EngineUnavailable extends Error {
  override readonly name = "EngineUnavailable";
}

/** An account of the batch is held locked by a session that is none of ours: only its commands are to suffer. */
export class AccountLocked extends EngineUnavailable {}
