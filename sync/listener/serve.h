// `doorstep-endpoint serve`: the listener, the writer and the command socket together.
#pragma once

#include <string>
#include <vector>

#include "forms/base/result.h"
#include "sync/listener/backups.h"
#include "sync/listener/data_folder.h"
#include "sync/listener/listener.h"
#include "sync/listener/sending.h"

namespace doorstep {

struct ServeOptions {
    std::string folder;
    ListenerOptions listener;
    std::vector<std::string> names{};  // that tablets use for it, beside its addresses
    std::string port_file;             // empty: none
    BackupPlan backups;
    std::string high_water;  // a file on another disk (high_water.h); empty: none
    SendingOptions sending{};
    std::string min_app{};  // what tablets are asked for at least; empty: any
};

// Until SIGTERM or SIGINT; ok when everything under way was ended.
Result<void> serve(DataFolder& data, const ServeOptions& options);

}  // namespace doorstep
