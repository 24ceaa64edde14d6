#include "tests/bench/forms/memory.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "forms/desk/files.h"
#include "forms/desk/form_cache.h"
#include "tests/bench/child.h"
#include "tests/bench/forms/fillings.h"
#include "tests/bench/forms/generated_form.h"
#include "tests/support/temporary_folder.h"

namespace doorstep::bench {
namespace {

constexpr int patience_ms = 60'000;

Result<double> held_mb(const std::string& file, const std::string& cache = {}) {
    TRY(Child child, Child::start({program("bench-forms"), "--hold", file, "--cache", cache}));
    if (!child.line(patience_ms))
        return Error{Fault::broken, "The program that holds a form said nothing.", "Run it by hand."};
    return child.rss_mb();
}

void say_ready_and_wait() {
    std::puts("ready");
    std::fflush(stdout);
    while (true)
        pause();
}

}  // namespace

Result<void> measure_memory(int questions, Figures& figures) {
    const TemporaryFolder folder;
    const std::string file = folder.write("form.xml", mixed_form(questions));
    TRY(const double empty, held_mb("nothing"));
    TRY(const double full, held_mb(file));
    const std::string cache = folder.file("cache");
    TRY(const double first, held_mb(file, cache));  // and writes it
    (void)first;
    TRY(const double cached, held_mb(file, cache));
    const std::string name = fmt::format("questions_{}", questions);
    figures.add(name + "/memory_loaded_from_xform", full - empty, "MB",
                questions == 1000   ? "< 15"
                : questions == 3000 ? "< 45"
                                    : "");
    figures.add(name + "/memory_loaded_from_cache", cached - empty, "MB");
    return {};
}

int hold_form(const std::string& file, const std::string& cache) {
    if (file == "nothing") {
        say_ready_and_wait();
        return 0;
    }
    std::shared_ptr<const FormDefinition> form;
    {
        const auto xml = read_file(file);
        if (!xml)
            return 1;
        std::vector<FormFault> faults;
        form = load_cached(cache, *xml, {}, faults);
        if (!form)
            return 1;
    }
    const Filling filling(form);
    say_ready_and_wait();
    return 0;
}

}  // namespace doorstep::bench
