using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Operations;

/// <summary>What other users of the machine may do with the data folder.</summary>
[Collection(PublicRegistryGroup.Name)]
public sealed class DataFolderTests(PublicRegistry open)
{
    private const UnixFileMode OwnerMayUse = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public void Other_users_can_neither_enter_the_keys_nor_hold_the_lock()
    {
        Assert.Equal(OwnerMayUse | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(open.Host.Data, "keys")));
        Assert.Equal(OwnerMayUse, File.GetUnixFileMode(Path.Combine(open.Host.Data, "registry.lock")));
    }
}
