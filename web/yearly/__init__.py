"""The pages behind the link of a yearly mail and behind the unsubscribe header. Nobody is signed in by them."""
