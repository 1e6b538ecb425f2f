/* What this software and its wire are called. CMake reads LT_VERSION here. */
#ifndef LT_COMMON_VERSION_H
#define LT_COMMON_VERSION_H

#define LT_VERSION "0.2.0"

/* Versions of the wire this build speaks, lowest and highest. */
enum { LT_WIRE_MIN = 1, LT_WIRE_MAX = 1 };

#endif
