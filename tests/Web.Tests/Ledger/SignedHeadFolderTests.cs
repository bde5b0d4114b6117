using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Web.Tests.Ledger;

/// <summary>The greatest signed head is stored beside the key, in one file for each size.</summary>
public sealed class SignedHeadFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("registry-test-").FullName;

    private SignedHeadFolder Heads => new(Path.Combine(_folder, "ledger-heads"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_without_heads_remembers_none() => Assert.Null(Heads.Greatest());

    [Fact]
    public void The_greatest_head_is_remembered_by_another_process_and_the_others_deleted()
    {
        Heads.Keep(9, "nine\n");
        Heads.Keep(10, "ten\n");
        Assert.Equal("ten\n", Heads.Greatest());
        Assert.Equal(["head-10"], Directory.GetFiles(Path.Combine(_folder, "ledger-heads")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_smaller_head_of_a_slower_process_does_not_replace_a_greater_one()
    {
        Heads.Keep(10, "ten\n");
        Heads.Keep(9, "nine\n");
        Assert.Equal("ten\n", Heads.Greatest());
    }

    [Fact]
    public void Only_the_owner_can_read_the_heads_and_a_file_that_a_kill_left_counts_for_nothing()
    {
        Heads.Keep(10, "ten\n");
        File.WriteAllText(Path.Combine(_folder, "ledger-heads", "new-17"), "half of a no");
        File.WriteAllText(Path.Combine(_folder, "ledger-heads", "head-x"), "no number");
        Assert.Equal("ten\n", Heads.Greatest());
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(_folder, "ledger-heads", "head-10"))
        );
    }
}
