// What the shared library shows to others. Everything else of gridgov is hidden (-fvisibility=hidden).
#pragma once

/// Before every function that is compiled into the library, and before the exceptions, so that their
/// type is one on both sides of the boundary. Nothing in a static library: a shared library or a
/// module that swallows one passes none of gridgov's symbols on. GRIDGOV_SHARED is defined by the
/// CMake target gridgov::gridgov and by `pkg-config --cflags gridgov` where the library is shared.
/// Functions are marked one by one rather than whole classes, so that private members, nested types
/// and instantiations of others' templates stay inside.
#if defined(GRIDGOV_SHARED)
#define GRIDGOV_EXPORT [[gnu::visibility("default")]]
#else
#define GRIDGOV_EXPORT
#endif
