using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Registers;

/// <summary>What a revision of the city says of one department, where it says something else than the revision before.</summary>
/// <param name="Department">Null from when the city does not have it any more.</param>
public sealed record DepartmentVersion(int Number, PolicyRevision Revision, Department? Department);

/// <summary>The versions of departments. The document of the city is their one source.</summary>
internal static class DepartmentHistory
{
    /// <summary>Every version of a department, oldest first; empty when the city never had it.</summary>
    /// <param name="revisions">The revisions of the city, oldest first.</param>
    public static ImmutableArray<DepartmentVersion> Of(string id, ImmutableArray<PolicyRevision> revisions)
    {
        var versions = ImmutableArray.CreateBuilder<DepartmentVersion>();
        Department? before = null;
        foreach (var revision in revisions)
        {
            var now = revision.Document.Value<City>().Department(id);
            if (now != before)
                versions.Add(new DepartmentVersion(versions.Count + 1, revision, now));
            before = now;
        }

        return versions.ToImmutable();
    }

    /// <summary>Every department that the city has, then every one that is retired, each as it was last.</summary>
    public static ImmutableArray<(Department Department, bool IsRetired)> All(ImmutableArray<PolicyRevision> revisions)
    {
        var now = revisions[^1].Document.Value<City>().Departments;
        var gone = revisions
            .Reverse()
            .SelectMany(revision => revision.Document.Value<City>().Departments)
            .Where(department => now.All(other => other.Id != department.Id))
            .DistinctBy(department => department.Id);
        return [.. now.Select(department => (department, false)), .. gone.Select(department => (department, true))];
    }
}
