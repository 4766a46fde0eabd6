"""Where anyone may ask whether a receipt stands, without an account and without a cookie."""
