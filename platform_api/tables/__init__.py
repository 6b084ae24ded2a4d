"""Tables of the platform, by subject. `platform_api.schema` names them all."""
