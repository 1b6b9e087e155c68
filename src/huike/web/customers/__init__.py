"""The 360° page of a customer: panels that the generic record page does not know."""
