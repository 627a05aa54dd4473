import{o as e}from"./types.js";var t=`
  fragment ReplayStep on Step {
    id description status progress startTime finishTime
    contents { id message status isProgressAvailable progress startTime finishTime }
  }
`,n=`
  query ReplayRange($id: ID!, $timelineId: Long!, $next: Long!, $hasNext: Boolean!) {
    task(id: $id) {
      version
      first: events(first: 1, timelineId: $timelineId) { events { version at } }
      next: events(first: 1, timelineId: $next) @include(if: $hasNext) { events { version at } }
    }
  }
`,r=`
  ${t}
  query ReplayPage($id: ID!, $after: String!, $first: Int!, $at: String!, $snapshot: Boolean!) {
    snapshot: task(id: $id, at: $at) @include(if: $snapshot) {
      version updatedAt attempt timelineId status progress startedAt finishedAt
      steps { ...ReplayStep }
    }
    task(id: $id) {
      version
      events(after: $after, first: $first) {
        events {
          __typename version at attempt timelineId
          ... on TaskStatusChanged { to }
          ... on ContentChanged { contentId status progress message }
          ... on PlanChanged { steps { ...ReplayStep } }
        }
        gap { reason }
      }
    }
  }
`,i=`
  query StatusChanges($id: ID!, $timelineId: Long!, $after: String) {
    task(id: $id) {
      events(after: $after, first: 1000, timelineId: $timelineId) {
        events { __typename ... on TaskStatusChanged { at to } }
        cursor caughtUp
        gap { reason }
      }
    }
  }
`,a=`
  query TimelineAttempts($id: ID!) { task(id: $id) { attempts { number timelineId status startedAt finishedAt } } }
`,o=`
  query ResourceSamples($id: ID!, $timelineId: Long) {
    task(id: $id) { resourceSamples(timelineId: $timelineId) { at cpuPercent rssBytes processes outputBytes } }
  }
`,s=28,c=.3,l=2e4,u=.25;function d(e,t,n){let r=e.from,i=Math.max(e.to,r+1),a=h(m(t,{from:r,to:i}),{from:r,to:i},Math.floor(n*c/s)),o=s/Math.max(n,1),l=(1-a.length*o)/(i-r-p(a)),u=[],d=r,f=0,g=(e,t,n)=>{e<=d||(u.push({from:d,to:e,left:f,right:f+t,folded:n}),f+=t,d=e)};for(let e of a)g(e.from,(e.from-d)*l,!1),g(e.to,o,!0);return g(i,(i-d)*l,!1),u[u.length-1].right=1,u}function f(e,t){for(let n of e){if(t>=n.to)continue;let e=Math.max(0,t-n.from)/(n.to-n.from);return n.left+e*(n.right-n.left)}return 1}var p=e=>e.reduce((e,t)=>e+t.to-t.from,0);function m(e,t){let n=[];for(let r of e.toSorted((e,t)=>e.from-t.from)){let e=Math.max(r.from,t.from),i=Math.min(r.to,t.to),a=n[n.length-1];i<e||(a&&e<=a.to?a.to=Math.max(a.to,i):n.push({from:e,to:i}))}return n}function h(e,t,n){let r=p(e);if(r===0)return[];let i=Math.max(l,r*u),a=[],o=t.from;for(let n of[...e,{from:t.to,to:t.to}])n.from-o>i&&a.push({from:o,to:n.from}),o=n.to;return a.toSorted((e,t)=>t.to-t.from-(e.to-e.from)).slice(0,n).toSorted((e,t)=>e.from-t.from)}var g=1e3,_=60*g,v=60*_,y=24*v,b=[1,2,5,10,20,50,100,200,500,...[1,2,5,10,15,30].map(e=>e*g),...[1,2,5,10,15,30].map(e=>e*_),...[1,2,3,6,12].map(e=>e*v),...[1,2,7,14,28].map(e=>e*y)];function x(e){let t=b.find(t=>t>=e)??28*y;for(;t<e;)t*=2;return t}var S=84,C=60;function w(e,t,n){let r=e.find(e=>!e.folded);if(!r||n<=0)return[];let i=x(S*(r.to-r.from)/((r.right-r.left)*n)),a=[],o=0;for(let r of e)if(r.folded)o=Math.max(o,r.right*n);else for(let e=Math.ceil((r.from-t)/i);t+e*i<=r.to;e++){let s=r.left+(t+e*i-r.from)/(r.to-r.from)*(r.right-r.left);s*n<o-.5||s*n>n-C||(a.push({since:e*i||0,left:s}),o=s*n+S-1)}return a}function T(e,t){let n=Math.max(t-e,g),r=x(n/8);return e+Math.ceil((n+r/4)/r)*r}var E=[864e5,36e5,6e4];function D(t){let n=Math.abs(t)>=E[1]?Math.round(Math.abs(t)/1e3)*1e3:Math.round(Math.abs(t));if(n===0)return`0`;let r=[];for(let t of E){let i=n-n%t;i>0&&r.push(e(i)),n%=t}return n>=1e3?r.push(e(1e3).replace(`1`,String(n/1e3))):n>0&&r.push(e(n)),(t<0?`−`:``)+r.join(` `)}export{d as a,o as c,w as i,i as l,T as n,r as o,f as r,n as s,D as t,a as u};