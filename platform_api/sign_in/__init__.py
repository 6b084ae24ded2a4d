"""Signing in by an account elsewhere: VK ID, Gosuslugi (ESIA), any OpenID Connect provider.

A provider is one file behind the interface of `provider`. What they share: `states` binds a sign-in to the browser that
began it, `arrivals` keeps who has come until it is known which person here that is, `identities` links the two. An
account elsewhere is linked by a signed-in person or at registration, never because e-mail addresses are equal.
"""
