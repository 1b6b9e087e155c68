"""What people may ask of us about their data: consent, access, export, erasure, and who saw it."""
