// Independent pieces of work over a few threads, in this layer's namespace.
#pragma once

#include "threads.hpp"

namespace gridgov::partition {

using gridgov::for_each_piece;
using gridgov::for_each_piece_with;
using gridgov::thread_count;

}  // namespace gridgov::partition
