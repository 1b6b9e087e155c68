"""Search as Chinese users search: any part of a name, pinyin, initials, digits; within rights."""
