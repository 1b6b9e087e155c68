"""One run of the analysis: load, stage, measure by the methods, score, keep and tell."""
