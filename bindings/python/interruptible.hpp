// Long work of the core, called from Python: other threads run, Ctrl-C stops it.
#pragma once

#include <atomic>
#include <chrono>
#include <future>
#include <utility>

#include "bind.hpp"
#include "gridgov/partition/options.hpp"

namespace gridgov::python {

/// Runs work(options) on a thread of its own while this one lets other Python threads run, looks
/// for signals and reports progress. Ctrl-C, or an exception of the progress function, cancels the
/// work, waits for it and is raised.
template <class Options, class Work>
auto interruptible(Options options, const py::object& progress, Work work) {
    using namespace std::chrono_literals;
    std::atomic<bool> cancel = false;
    std::atomic<double> share = 0;
    options.cancel = &cancel;
    options.progress = [&share](double done) { share = done; };
    auto result = std::async(std::launch::async, [&] { return work(std::as_const(options)); });
    try {
        for (bool ready = false; !ready;) {
            {
                const py::gil_scoped_release released;
                ready = result.wait_for(50ms) == std::future_status::ready;
            }
            if (PyErr_CheckSignals() != 0) throw py::error_already_set();
            if (!progress.is_none()) progress(ready ? 1.0 : share.load());
        }
    } catch (...) {
        cancel = true;
        const py::gil_scoped_release released;
        result.wait();
        throw;
    }
    return result.get();
}

}  // namespace gridgov::python
