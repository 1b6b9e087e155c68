"""The public pool on screen: what lies there, who loses whom soon, claiming and giving back."""
