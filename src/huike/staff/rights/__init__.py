"""Who may do what: roles, the actor they make, and why somebody can not see something."""
