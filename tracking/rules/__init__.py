"""Pure decisions on values and arrays: no storage, no clock, no input or output."""
