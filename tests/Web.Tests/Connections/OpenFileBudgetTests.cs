using SurveillanceRegistry.Web.Connections;

namespace SurveillanceRegistry.Web.Tests.Connections;

/// <summary>The limit of open files is divided so that the database, devices and screens each keep their part.</summary>
public sealed class OpenFileBudgetTests
{
    [Theory]
    [InlineData(OpenFileBudget.Min)]
    [InlineData(1_024)]
    [InlineData(20_000)]
    [InlineData(long.MaxValue)]
    public void Connections_never_take_the_reserve_of_open_files(long openFiles)
    {
        var budget = OpenFileBudget.Divide(openFiles);
        Assert.True(budget.Http > 0 && budget.Mqtt >= budget.Http);
        Assert.True((long)budget.Http + budget.Mqtt <= openFiles - OpenFileBudget.Reserve);
    }

    [Theory]
    [InlineData("Max open files            1024                 1048576              files", 1_024L)]
    [InlineData("Max open files            unlimited            unlimited            files", null)]
    [InlineData("Max processes             7                    7                    processes", null)]
    public void The_soft_limit_of_the_kernel_counts(string line, long? limit) =>
        Assert.Equal(limit, OpenFileBudget.ReadLimit("Limit                     Soft Limit           Hard Limit\n" + line + "\n"));

    [Fact]
    public void One_network_never_gets_more_than_half_and_streams_leave_room_for_notices()
    {
        var limits = new HttpLimits().Within(100);
        Assert.Equal((100, 50, 50, 25), (limits.Connections, limits.ConnectionsPerAddress, limits.Streams, limits.StreamsPerAddress));
        Assert.Equal(new HttpLimits(), new HttpLimits().Within(1_000_000));
    }
}
