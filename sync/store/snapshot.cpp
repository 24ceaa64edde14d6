#include "sync/store/snapshot.h"

#include "sync/store/sqlite_connection.h"
#include "sync/store/vfs_file.h"

namespace doorstep {

Result<void> snapshot_into(SqlConnection& sql, const std::string& file) {
    remove_file(file, vfs_of(sql));
    TRY_DO(sql.run("vacuum into :copy", {{"copy", file}}));
    return {};
}

}  // namespace doorstep
