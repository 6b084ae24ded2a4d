"""Broadcasts: from the tap of a room to LL-HLS (RFC 8216bis) that thousands can watch, and the recording that stays."""
