"""Days that matter: birthdays by both calendars, anniversaries, and who was greeted."""
