using System.Text;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Places;
using SurveillanceRegistry.Postgres.Policies;

namespace SurveillanceRegistry.Postgres.Tests.Devices;

/// <summary>Devices, their secrets, and the places and screens beside them.</summary>
public sealed class A_device_register(SharedCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gives_back_every_device_place_and_screen_in_the_order_of_ids()
    {
        await using var database = await OpenAsync();
        var (devices, places) = (new DeviceRegister(database.Source), new PlaceRegister(database.Source));
        Assert.Equal(SmallCity.Text(SmallCity.Opening.Devices), SmallCity.Text(await devices.AllAsync(Cancellation)));
        Assert.Equal(SmallCity.Text(SmallCity.Opening.Devices[1]), SmallCity.Text(await devices.FindAsync(SmallCity.Reader, Cancellation)));
        Assert.Null(await devices.FindAsync("never-registered", Cancellation));
        Assert.Equal(SmallCity.Opening.Places, await places.PlacesAsync(Cancellation));
        Assert.Equal(SmallCity.Opening.Kiosks, await places.KiosksAsync(Cancellation));
    }

    [Fact]
    public async Task Keeps_the_hash_of_the_newest_secret_and_no_secret()
    {
        await using var database = await OpenAsync();
        var register = new DeviceRegister(database.Source);
        Assert.Null(await register.CredentialAsync(SmallCity.Camera, Cancellation));
        var (old, @new) = (DeviceSecret.New(), DeviceSecret.New());

        Assert.True(await register.ReplaceSecretAsync(SmallCity.Camera, DeviceSecret.Hash(old), SmallCity.Noon, Cancellation));
        Assert.True(await register.ReplaceSecretAsync(SmallCity.Camera, DeviceSecret.Hash(@new), SmallCity.Noon.AddDays(1), Cancellation));

        var (device, hash) = (await register.CredentialAsync(SmallCity.Camera, Cancellation))!.Value;
        Assert.Equal(SmallCity.Camera, device.Id);
        Assert.True(DeviceSecret.Matches(Encoding.UTF8.GetBytes(@new), hash));
        Assert.False(DeviceSecret.Matches(Encoding.UTF8.GetBytes(old), hash));
        Assert.Null(await register.CredentialAsync(SmallCity.Reader, Cancellation));
    }

    [Fact]
    public async Task Gives_no_secret_to_a_device_that_is_not_registered()
    {
        await using var database = await OpenAsync();
        Assert.False(await new DeviceRegister(database.Source).ReplaceSecretAsync("never-registered", DeviceSecret.Hash("x"), SmallCity.Noon, Cancellation));
    }

    private async Task<Database> OpenAsync()
    {
        var database = await cluster.NewRegisterAsync();
        await new PolicyRegister(database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        return database;
    }
}
