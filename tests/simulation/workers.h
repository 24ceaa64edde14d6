// Tasks in processes of their own, so many at a time.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace doorstep::simulation {

// What each task said, in the order of the tasks; empty for one whose process died.  With one
// process at a time everything happens in this one.
std::vector<std::string> run_tasks(const std::vector<std::function<std::string()>>& tasks,
                                   unsigned processes);

}  // namespace doorstep::simulation
