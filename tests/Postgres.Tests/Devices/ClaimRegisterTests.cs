using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Devices;

/// <summary>Claim codes: each is used once, before it expires or ends.</summary>
public sealed class ClaimRegisterTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_claim_code_is_used_once_even_by_concurrent_requests_and_expires()
    {
        await using var database = await cluster.NewCityAsync();
        var enrolment = new EnrolmentRegisters(database.Source);
        var code = ClaimCode.New();
        var now = DateTimeOffset.UtcNow;
        Assert.True(await CreateClaimAsync(enrolment, code, now + ClaimCode.Validity, now));
        var claimed = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(i =>
                    enrolment.Claims.ClaimAsync(
                        ClaimCode.Hash(code.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal)),
                        DeviceSecret.Hash($"{i}"),
                        DateTimeOffset.UtcNow,
                        Cancellation
                    )
                )
        );
        Assert.Equal([SmallCity.Camera], claimed.OfType<string>());
        Assert.Single((await enrolment.Clients.FindAsync(SmallCity.Camera, Cancellation))!.Credentials);

        var late = ClaimCode.New();
        await CreateClaimAsync(enrolment, late, DateTimeOffset.UtcNow.AddSeconds(-1), DateTimeOffset.UtcNow);
        Assert.Null(await enrolment.Claims.ClaimAsync(ClaimCode.Hash(late), DeviceSecret.Hash("x"), DateTimeOffset.UtcNow, Cancellation));
        Assert.Equal(
            0,
            await database.AskAsync<int>(
                "select count(*) from registry.claim where encode(sha256, 'escape') like @code",
                new { code = $"%{code}%" }
            )
        );
    }

    [Fact]
    public async Task A_claim_code_ends_with_the_next_code_a_new_secret_or_any_other_end()
    {
        await using var database = await cluster.NewCityAsync();
        var (enrolment, devices) = (new EnrolmentRegisters(database.Source), new DeviceRegister(database.Source));
        var camera = SmallCity.Opening.Devices[0];
        var (first, second) = (await CreateAsync(), await CreateAsync());
        Assert.Null(await ClaimAsync(first));
        Assert.Equal(SmallCity.Noon.AddDays(1), await enrolment.Claims.ClaimOpenUntilAsync(SmallCity.Camera, SmallCity.Noon, Cancellation));
        Assert.Null(await enrolment.Claims.ClaimOpenUntilAsync(SmallCity.Camera, SmallCity.Noon.AddDays(1), Cancellation));
        await enrolment.Credentials.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("a"), Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Null(await ClaimAsync(second));
        Assert.Null(await enrolment.Claims.ClaimOpenUntilAsync(SmallCity.Camera, SmallCity.Noon, Cancellation));

        var third = await CreateAsync();
        await enrolment.Credentials.EndAsync(
            SmallCity.Camera,
            (await enrolment.Clients.FindAsync(SmallCity.Camera, Cancellation))!.Credentials[0].Number,
            Clerk,
            "Lost.",
            SmallCity.Noon,
            Cancellation
        );
        Assert.Null(await ClaimAsync(third));
        var fourth = await CreateAsync();
        await devices.ChangeAsync(camera with { Lifecycle = Lifecycle.Removed }, 1, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.False(await CreateClaimAsync(enrolment, "x", SmallCity.Noon.AddDays(1), SmallCity.Noon));
        await devices.ChangeAsync(camera, 2, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Null(await ClaimAsync(fourth));

        async Task<string> CreateAsync()
        {
            var code = ClaimCode.New();
            Assert.True(await CreateClaimAsync(enrolment, code, SmallCity.Noon.AddDays(1), SmallCity.Noon));
            return code;
        }

        Task<string?> ClaimAsync(string code) =>
            enrolment.Claims.ClaimAsync(ClaimCode.Hash(code), DeviceSecret.Hash(DeviceSecret.New()), SmallCity.Noon, Cancellation);
    }

    private static Task<bool> CreateClaimAsync(EnrolmentRegisters enrolment, string code, DateTimeOffset until, DateTimeOffset now) =>
        enrolment.Claims.CreateClaimAsync(SmallCity.Camera, ClaimCode.Hash(code), until, Clerk, "", now, Cancellation);
}
