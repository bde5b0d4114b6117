using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains.Tests.Fixtures;

namespace SurveillanceRegistry.Grains.Tests.Clustering;

/// <summary>The silos of one cluster, on real sockets: the cluster's key decides which program may join.</summary>
[Slow]
public sealed class ClusterTlsTests : IAsyncLifetime
{
    private const string Cluster = "city";

    private static readonly X509Certificate2 Own = NewCertificate();
    private static readonly X509Certificate2 Other = NewCertificate();

    private readonly InMemoryRegisters _memory = new(SmallCity.Opening());
    private readonly IPEndPoint _endpoint = new(IPAddress.Loopback, Stranger.FreePort());
    private IHost _silo = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder
            .Services.AddSingleton(TimeProvider.System)
            .AddSingleton<IPolicyRegister>(_memory)
            .AddSingleton<IChangeRegister>(_memory)
            .AddSingleton<IPlaceRegister>(_memory)
            .AddSingleton<IDepartmentUses>(_memory)
            .AddSingleton<IKindUses>(_memory)
            .AddSingleton<IDeviceRegister>(_memory);
        builder.UseOrleans(silo => silo.UseSiloOf(Cluster, _endpoint, Own).UseDevelopmentClustering(_endpoint).AddGrains());
        _silo = builder.Build();
        await _silo.StartAsync(TestContext.Current.CancellationToken);
        await _silo.Services.GetRequiredService<IGrainFactory>().Governance();
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.StopAsync();
        _silo.Dispose();
    }

    [Fact]
    public async Task A_program_without_the_cluster_s_key_cannot_join_a_silo()
    {
        var strangers = await Task.WhenAll(
            Stranger.TryAsync(_endpoint, Cluster, certificate: null, TimeSpan.FromSeconds(6)),
            Stranger.TryAsync(_endpoint, Cluster, Other, TimeSpan.FromSeconds(6))
        );
        Assert.Equal(["", ""], strangers);
        Assert.Null(await DraftAsync());

        // The same program with the key can: so the strangers failed for want of it.
        Assert.Equal("joined, read, wrote", await Stranger.TryAsync(_endpoint, Cluster, Own, TimeSpan.FromSeconds(60)));
        Assert.Equal("Forged.", (await DraftAsync())!.Proposal.Reason);
    }

    [Fact]
    public void A_cluster_without_the_private_key_of_its_certificate_does_not_start()
    {
        using var public_ = X509CertificateLoader.LoadCertificate(Own.RawData);
        Assert.Throws<ArgumentException>(() =>
            Host.CreateApplicationBuilder().UseOrleans(silo => silo.UseSiloOf(Cluster, _endpoint, public_)).Build()
        );
    }

    private Task<ChangeRequest?> DraftAsync() => ((IChangeRegister)_memory).FindAsync(1, TestContext.Current.CancellationToken);

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        return new CertificateRequest("CN=" + Cluster, key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
