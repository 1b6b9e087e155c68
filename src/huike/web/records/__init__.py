"""The pages of one record, the same for every entity: forms, timeline, history, files, bin."""
