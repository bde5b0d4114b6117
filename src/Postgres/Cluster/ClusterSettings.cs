namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>The settings that a private cluster's server is started with.</summary>
internal static class ClusterSettings
{
    private static readonly string[] Durable = ["fsync=on", "synchronous_commit=on", "full_page_writes=on"];

    private static readonly string[] Temporary =
    [
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "wal_level=minimal",
        "max_wal_senders=0",
        "max_wal_size=4GB",
        "maintenance_work_mem=256MB",
    ];

    /// <param name="isTemporary">Whether its content may be lost with the machine: then it waits for no disk.</param>
    public static string[] For(string sockets, bool isTemporary) =>
        [
            $"port={Postmaster.Port}",
            "listen_addresses=",
            $"unix_socket_directories={sockets}",
            "unix_socket_permissions=0700",
            "max_connections=80",
            "log_min_messages=warning",
            .. isTemporary ? Temporary : Durable,
        ];
}
