"""What a customer is to us and where the relationship stands, by rule or by a person's word."""
