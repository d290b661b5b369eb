"""Translation, held against the providers' own software: the types of their SDKs, and a reading of meaning of its own."""
