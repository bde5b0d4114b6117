namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>The lock that keeps two registries from one data folder.</summary>
internal static class DataFolderLock
{
    private const int WouldBlock = 11; // EWOULDBLOCK, flock(2): another process holds the lock.
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Locks the data folder for this process; the kernel releases the lock when the process ends. Throws
    /// <see cref="ClusterUnavailableException"/> when another process holds it or this user may not write there.
    /// </summary>
    public static FileStream Take(string data)
    {
        try
        {
            Directory.CreateDirectory(data);
            // Only the owner may open it: a lock needs no more than the right to read.
            var path = Path.Combine(data, "registry.lock");
            var held = new FileStream(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    UnixCreateMode = OwnerOnly,
                }
            );
            File.SetUnixFileMode(path, OwnerOnly); // An older version made it for all readers.
            return held;
        }
        catch (IOException locked) when (locked.HResult == WouldBlock)
        {
            throw new ClusterUnavailableException(
                $"Another registry runs on the data folder '{data}': stop it first, or set REGISTRY_DATA to another folder."
            );
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            throw new ClusterUnavailableException(
                $"The data folder '{data}' cannot be written by this user ({failure.Message}): set REGISTRY_DATA to a folder of your own.",
                failure
            );
        }
    }
}
