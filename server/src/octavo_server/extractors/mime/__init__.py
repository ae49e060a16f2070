"""What a mail is made of: headers, and parts within parts (RFC 5322, RFC 2045 to 2047)."""
