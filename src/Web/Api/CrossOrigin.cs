using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace SurveillanceRegistry.Web.Api;

/// <summary>
/// Lets scripts of other sites read public facts (CORS): any site, only GET, and never with the reader's cookies or tokens. Whatever needs
/// a role, and whatever changes something, is not readable by other sites.
/// </summary>
internal static class CrossOrigin
{
    private const string Policy = "public-facts";

    private static readonly TimeSpan PreflightLasts = TimeSpan.FromHours(1);

    public static void AddCrossOrigin(this IServiceCollection services) =>
        services.AddCors(options =>
            options.AddPolicy(
                Policy,
                policy =>
                    policy
                        .AllowAnyOrigin()
                        .WithMethods(HttpMethods.Get)
                        .WithHeaders("If-None-Match")
                        .WithExposedHeaders("ETag", "Link", "Retry-After", "Content-Disposition")
                        .SetPreflightMaxAge(PreflightLasts)
            )
        );

    /// <summary>Opens every endpoint of the group that reads and needs no role.</summary>
    public static void OpenToOtherSites(this IEndpointConventionBuilder endpoints) =>
        endpoints.Finally(endpoint =>
        {
            var methods = endpoint.Metadata.OfType<HttpMethodMetadata>().LastOrDefault()?.HttpMethods ?? [];
            if (methods is ["GET"] && !endpoint.Metadata.OfType<IAuthorizeData>().Any())
                endpoint.Metadata.Add(new EnableCorsAttribute(Policy));
        });
}
