// An X server in memory with the real `doorstep` in it, touched by xdotool and looked at
// by xwd: what no dummy driver can show.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

#include "client/draw/renderer.h"
#include "forms/base/result.h"

namespace doorstep::journey {

class XDisplay {
public:
    // not_found when Xvfb, xdotool or xwd is not installed.
    static Result<XDisplay> start(int width, int height);
    XDisplay(XDisplay&& other) noexcept;
    XDisplay& operator=(XDisplay&&) = delete;
    ~XDisplay();

    // A program of ours in this display; its process.
    Result<pid_t> open(const std::vector<std::string>& command) const;
    Result<void> wait_for_window(const std::string& title) const;
    Result<void> tap(float x, float y) const;
    Result<Picture> look() const;  // the whole screen
    std::string name() const { return ":" + std::to_string(number_); }

private:
    XDisplay(int number, pid_t pid) : number_(number), pid_(pid) {}
    int number_;
    pid_t pid_;
};

}  // namespace doorstep::journey
