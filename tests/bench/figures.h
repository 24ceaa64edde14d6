// What was measured: a table for people, a list for machines.
#pragma once

#include <string>
#include <vector>

#include "forms/base/result.h"

namespace doorstep::bench {

struct Figure {
    std::string name;
    double value = 0;
    std::string unit;
    std::string aim;  // in words; empty: none
};

class Figures {
public:
    void add(std::string name, double value, std::string unit, std::string aim = {});
    void skip(std::string name, std::string why);

    std::string table() const;
    Result<void> write_json(const std::string& path) const;  // what was skipped is left out

private:
    std::vector<Figure> figures_;
    std::vector<std::pair<std::string, std::string>> skipped_;
};

// The value below which `share` of them lie; REQUIRES: not empty.
double quantile(std::vector<double> values, double share);

}  // namespace doorstep::bench
