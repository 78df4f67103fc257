// Killed while it mends what another kill has left.
import { ofRecovery, recovering } from '../crash/sweep/recovering.ts';
import { sweeps, worldOfFile } from '../crash/sweep/suite.ts';

sweeps(worldOfFile().world, recovering, ofRecovery);
