"""The party as its pages know it: fields, what hangs on it, and the words it is found by."""
