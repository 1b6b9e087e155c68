"""Days: the lunar calendar, what comes round on it, public holidays and make-up days."""
