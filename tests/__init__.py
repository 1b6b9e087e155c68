"""The tests of Huike: contract (what everything promises), one folder per room, browser stories."""
